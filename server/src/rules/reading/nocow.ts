import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { tmpfilesRules } from "./tmpfiles.ts";

/** A directory that the host marks NOCOW with tmpfiles. */
export interface NocowMark {
  readonly path: string;
  readonly place: Place | undefined;
}

/** All tmpfiles rules `h PATH … +C` (and `H`), from `rules` and `settings`. */
export function nocowMarks(host: Host): readonly NocowMark[] {
  return tmpfilesRules(host).flatMap(({ type, path, argument, place }) =>
    /^[hH]/.test(type) && /^[+=]?\w*C/.test(argument ?? "") ? [{ path, place }] : [],
  );
}

/** Whether a path is in a directory that the host marks NOCOW, by its own path or by its place in a store. */
export function isNocow(host: Host, path: string): boolean {
  const marks = nocowMarks(host);
  const persisted = host.fateOf(path).persisted;
  const store = persisted?.store.path;
  const stored = store?.known ? normalise(`${store.value}/${path}`) : undefined;
  return marks.some((mark) => isAtOrBelow(path, mark.path) || (stored !== undefined && isAtOrBelow(stored, mark.path)));
}
