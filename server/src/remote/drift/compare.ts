import type { FactsJson } from "../../report/schema.ts";
import type { Mount } from "../mounts.ts";
import { compareMounts } from "./compare-mounts.ts";
import { comparePersisted, type PathKind, persistedPaths } from "./compare-persisted.ts";
import type { Comparison, Drift } from "./drift-schema.ts";

/** What a running host shows that a configuration speaks of, too. */
export interface Shown {
  /** The kernel's host name. */
  readonly host: string;
  readonly mounts: readonly Mount[];
  /** What persisted paths are; undefined when not seen as root, who alone sees all of them. */
  readonly paths: ReadonlyMap<string, PathKind> | undefined;
}

const RANK: readonly Drift["severity"][] = ["error", "warning", "information"];

/** How a running host differs from its configuration, the gravest first. */
export function compare(facts: FactsJson, { host, mounts, paths }: Shown): Comparison {
  const inMounts = compareMounts(facts, mounts);
  const unknown = [...inMounts.unknown];
  if (paths === undefined && persistedPaths(facts).size > 0)
    unknown.push("whether persisted paths are in their stores, because only root can look at all of them");
  for (const store of facts.stores)
    unknown.push(...store.incomplete.map((why) => `whether more is persisted, because ${why}`));
  const drift = [
    ...otherName(facts, host),
    ...inMounts.drift,
    ...(paths ? comparePersisted(facts, mounts, paths) : []),
  ].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
  return { host: facts.host, drift, unknown: [...new Set(unknown)] };
}

function otherName({ hostName, host: name }: FactsJson, host: string): Drift[] {
  // Some set the name with its domain.
  if (hostName.value === null || host === "" || hostName.value === host || host.split(".")[0] === hostName.value)
    return [];
  return [
    {
      ...{ kind: "host-name", severity: "warning", path: "", configured: hostName.value, found: host },
      text: `This machine calls itself ${host}, and ${name} is ${hostName.value} by the configuration. Is it the right one?`,
    },
  ];
}
