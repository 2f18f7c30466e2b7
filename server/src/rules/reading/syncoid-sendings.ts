import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A command of syncoid that certainly runs, with datasets that are known. */
export interface Sending {
  /** A dataset, or `user@host:dataset`. */
  readonly source: string;
  readonly target: string;
  /** Where the target is written. */
  readonly place: Place | undefined;
  readonly node: OptionNode;
}

/** What syncoid sends, with where to. Source of truth: syncoid.nix of nixpkgs. */
export function syncoidSendings({ config }: Host): readonly Sending[] {
  const syncoid = config.at("services", "syncoid");
  const enabled = syncoid.isDefined() === false ? undefined : readBoolean(syncoid.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  return childrenOf(syncoid.child("commands")).flatMap(({ name, node, certain }): Sending[] => {
    const target = readString(node.child("target"));
    const source = readString(node.child("source"));
    if (certain.answer !== "yes" || !target?.known || source?.known === false) return [];
    return [{ source: source?.value ?? name, target: target.value, place: target.place, node }];
  });
}

/** The host of the workspace that a target names by its host name, and the dataset there; undefined for any other target. */
export function receiverOf(
  target: string,
  hosts: readonly Host[],
): { readonly host: Host; readonly dataset: string } | undefined {
  const [, address, dataset] = /^(?:[^@/:]+@)?([^/:@]+):([^:]+)$/.exec(target) ?? [];
  if (address === undefined || dataset === undefined) return undefined;
  const host = hosts.find(
    ({ hostName }) =>
      hostName.known &&
      hostName.value !== "" &&
      (address === hostName.value || address.startsWith(`${hostName.value}.`)),
  );
  return host && { host, dataset };
}
