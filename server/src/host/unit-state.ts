import type { OptionNode } from "../modules/option-node.ts";
import type { Known, Service, ServiceState, Unit } from "./host.ts";
import { joinPath } from "./paths.ts";
import { perItem } from "./per-item.ts";
import { nameAt, readBoolean, readString, readTexts } from "./read-values.ts";
import type { StateInput } from "./service-state.ts";
import type { Units } from "./units.ts";
import { known, unsure } from "./verdict.ts";

const DIRECTORIES = [
  { option: "StateDirectory", base: "/var/lib", kind: "state" },
  { option: "LogsDirectory", base: "/var/log", kind: "log" },
  { option: "CacheDirectory", base: "/var/cache", kind: "cache" },
] as const;

/** Services that the host declares by hand: systemd makes their directories. Paths in `listed` have an owner already. */
export function declaredServices(input: StateInput, units: Units, listed: ReadonlySet<string>): Service[] {
  return withDirectories(units.list).flatMap(({ unit, directories }) => {
    const service = serviceOf(input, unit, directories);
    if (!service.state.some(({ path }) => listed.has(path))) return service;
    const state = service.state.filter(({ path }) => !listed.has(path));
    return state.length === 0 ? [] : { ...service, state };
  });
}

/** What was made of units, and by which fates: as long as a host is edited, most of both stay. */
const madeBefore = new WeakMap<Unit, { readonly by: StateInput["fateOf"]; readonly service: Service }>();

function serviceOf(input: StateInput, unit: Unit, directories: readonly Directory[]): Service {
  const before = madeBefore.get(unit);
  if (before?.by === input.fateOf) return before.service;
  const service: Service = {
    enable: unit.node.path.join("."),
    enabled: unit.certain,
    place: unit.place ?? nameAt(unit.node),
    impliedBy: undefined,
    confidence: "configuration",
    evidence: undefined,
    state: directories.map((directory) => stateOf(input, directory)),
  };
  madeBefore.set(unit, { by: input.fateOf, service });
  return service;
}

/** A directory that systemd makes for a unit. */
interface Directory {
  readonly name: string;
  readonly base: string;
  readonly kind: ServiceState["kind"];
  readonly dynamicUser: Known<boolean>;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly mode: string | undefined;
}

const withDirectories = perItem((unit: Unit) => {
  const directories = unit.stage === "system" ? declaredDirectories(unit.node) : [];
  return directories.length > 0 ? [{ unit, directories }] : [];
});

function declaredDirectories(unit: OptionNode): Directory[] {
  const config = unit.child("serviceConfig");
  if (config.isDefined() === false) return [];
  return DIRECTORIES.flatMap(({ option, base, kind }) => {
    const node = config.child(option);
    if (node.isDefined() === false) return [];
    const { texts } = readTexts(node);
    const names = texts.flatMap(({ text }) => text.split(/\s+/).filter((name) => name !== ""));
    const common = {
      base,
      kind,
      dynamicUser: readBoolean(config.child("DynamicUser")) ?? known(false),
      user: textOf(config.child("User")),
      group: textOf(config.child("Group")),
      mode: textOf(config.child(`${option}Mode`)),
    };
    // `name:link` gives the directory another name as well; `%` stands for parts only systemd knows. systemd ignores
    // absolute paths and those that lead upwards.
    return names
      .map((name) => name.split(":")[0] ?? name)
      .filter((name) => !name.includes("%") && !/^\/|(^|\/)\.\.(\/|$)/.test(name))
      .map((name) => ({ ...common, name }));
  });
}

function stateOf(input: StateInput, directory: Directory): ServiceState {
  const { name, base, kind, dynamicUser: flag, user, group, mode } = directory;
  const dynamicUser = flag.known && flag.value;
  const link = joinPath(base, name);
  const path = dynamicUser ? joinPath(`${base}/private`, name) : link;
  const fate = input.fateOf(path);
  return {
    path,
    type: "directory",
    kind,
    dynamicUser,
    link: dynamicUser ? link : undefined,
    database: false,
    writes: undefined,
    little: false,
    perhapsCache: false,
    containers: false,
    user: dynamicUser ? undefined : (user ?? "root"),
    group: dynamicUser ? undefined : (group ?? user ?? "root"),
    mode,
    fate: flag.known ? fate : { ...fate, survives: unsure(flag.why, flag.place) },
    assumed: !flag.known,
    note: undefined,
  };
}

function textOf(node: OptionNode): string | undefined {
  const text = readString(node);
  return text?.known ? text.value : undefined;
}
