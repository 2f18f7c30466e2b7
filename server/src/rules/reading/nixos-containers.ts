import type { Fate, Known, Service } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { perNode } from "../../host/per-node.ts";
import {
  type Child,
  childrenOf,
  isNamed,
  nameAt,
  openOf,
  readBoolean,
  readString,
  setAt,
} from "../../host/read-values.ts";
import { readServices } from "../../host/services.ts";
import { readUnits } from "../../host/units.ts";
import { notKnown } from "../../host/verdict.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A directory of the host that a container sees. */
export interface ContainerBind {
  /** Where the container sees it. */
  readonly inside: string;
  /** Undefined where it is not known. */
  readonly outside: string | undefined;
  /** `isReadOnly`, which is true unless somebody says otherwise; undefined where it is not known. */
  readonly isReadOnly: boolean | undefined;
  readonly node: OptionNode;
}

/** A container of NixOS that the host certainly declares. */
export interface NixosContainer {
  readonly name: string;
  readonly node: OptionNode;
  /** Its own configuration. */
  readonly config: OptionNode;
  readonly isEphemeral: boolean | undefined;
  readonly binds: readonly ContainerBind[];
  /** Whether it may see more of the host than is listed. */
  readonly bindsOpen: boolean;
  /** What certainly runs in it, as far as the catalogue knows it; the fates of the paths say nothing. */
  readonly services: readonly Service[];
}

/** The containers of a host that certainly exist. */
export function nixosContainers(root: OptionNode): readonly NixosContainer[] {
  const containers = root.child("containers");
  if (containers.isDefined() === false) return [];
  return childrenOf(containers).flatMap((child) => (child.certain.answer === "yes" ? [read(child)] : []));
}

/** The bind of a container at or above a path, the nearest of several. */
export function bindAt({ binds }: NixosContainer, path: string): ContainerBind | undefined {
  return binds
    .filter(({ inside }) => isAtOrBelow(path, inside))
    .reduce<ContainerBind | undefined>(
      (best, one) => (best && best.inside.length > one.inside.length ? best : one),
      undefined,
    );
}

function read({ name, node }: Child): NixosContainer {
  return { name, node, ...readContainer(node) };
}

const readContainer = perNode((node): Omit<NixosContainer, "name" | "node"> => {
  const config = node.child("config");
  const ephemeral = isNamed(node, "ephemeral") ? readBoolean(node.child("ephemeral")) : undefined;
  const mounts = node.child("bindMounts");
  const others = ["tmpfs", "extraFlags"].some((option) => isNamed(node, option));
  return {
    config,
    isEphemeral: ephemeral === undefined ? false : ephemeral.known ? ephemeral.value : undefined,
    binds: mounts.isDefined() === false ? [] : childrenOf(mounts).map(bindOf),
    bindsOpen: others || openOf(mounts) !== undefined || openOf(node) !== undefined,
    services: servicesIn(config),
  };
});

function bindOf({ name, node, certain }: Child): ContainerBind {
  const point = isNamed(node, "mountPoint") ? readString(node.child("mountPoint")) : undefined;
  const inside = normalise(point?.known ? point.value : name);
  const host = isNamed(node, "hostPath") ? readString(node.child("hostPath")) : undefined;
  const flag = isNamed(node, "isReadOnly") ? readBoolean(node.child("isReadOnly")) : undefined;
  const isKnown = certain.answer === "yes" && !(point && !point.known);
  return {
    inside,
    outside: host === undefined ? inside : host.known ? normalise(host.value) : undefined,
    isReadOnly: !isKnown ? undefined : flag === undefined ? true : flag.known ? flag.value : undefined,
    node,
  };
}

const NO_FATE: Fate = {
  survives: { answer: "unknown", why: "it is inside of a container" },
  by: "inside of a container",
  place: undefined,
  persisted: undefined,
  fileSystem: undefined,
};

function servicesIn(config: OptionNode): readonly Service[] {
  if (config.isDefined() === false) return [];
  const version: Known<string> | undefined = readString(config.at("system", "stateVersion"));
  const stateVersion = version ?? notKnown<string>("the container does not say it");
  const input = { root: config, stateVersion, fateOf: () => NO_FATE };
  return readServices(input, readUnits(config)).filter(({ enabled }) => enabled.answer === "yes");
}

/** Where a container is declared. */
export function placeOfContainer({ node }: NixosContainer) {
  return nameAt(node) ?? setAt(node);
}
