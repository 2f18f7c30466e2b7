import type { Unit } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { readTexts } from "../../host/read-values.ts";
import { HARD, relationsOf } from "./unit-relations.ts";

/** Settings of a unit by which systemd makes it require the mounts of their paths, with the folder these lie in. */
const IMPLYING: readonly (readonly [setting: string, below: string])[] = [
  ["WorkingDirectory", ""],
  ["RootDirectory", ""],
  ["RootImage", ""],
  ["StateDirectory", "/var/lib"],
  ["CacheDirectory", "/var/cache"],
  ["LogsDirectory", "/var/log"],
  ["ConfigurationDirectory", "/etc"],
];

/**
 * Whether a unit starts only when one of the places is mounted; where that is not known, it may be so. Source of truth:
 * systemd.unit(5) on RequiresMountsFor=, systemd.exec(5) on implicit dependencies.
 */
export function waitsForMount(unit: Unit, places: readonly string[]): boolean {
  const { node, conditions } = unit;
  if (conditions.some(({ name }) => name.endsWith("PathIsMountPoint"))) return true;
  const { texts, open } = readTexts(node.at("unitConfig", "RequiresMountsFor"));
  const required = texts.flatMap(({ text }) => text.split(/\s+/)).filter((path) => path.startsWith("/"));
  if (open.length > 0 || [...required, ...impliedMounts(unit)].some((path) => concerns(path, places))) return true;
  return relationsOf(unit).some(({ relation, text }) => HARD.includes(relation) && text.endsWith(".mount"));
}

function concerns(path: string, places: readonly string[]): boolean {
  return places.some((at) => isAtOrBelow(at, path) || isAtOrBelow(path, at));
}

/** Paths whose mounts systemd adds by itself. */
function impliedMounts({ node }: Unit): string[] {
  const settings = node.child("serviceConfig");
  return IMPLYING.flatMap(([setting, below]) =>
    readTexts(settings.child(setting)).texts.flatMap(({ text }) =>
      text
        .split(/\s+/)
        .filter((word) => word !== "")
        .map((word) => normalise(below === "" ? word.replace(/^-/, "") : `${below}/${word}`))
        .filter((path) => path.startsWith("/")),
    ),
  );
}
