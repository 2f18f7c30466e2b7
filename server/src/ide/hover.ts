import type { Place } from "../eval/origin.ts";
import type { Fate, Host, PersistedPath } from "../host/host.ts";
import type { Program, Span } from "../syntax/expr.ts";
import type { CheckedHost } from "./analysis.ts";
import { retentionHover } from "./hovers/retention-hover.ts";
import { timeHover } from "./hovers/time-hover.ts";
import { holdsOffset, writtenTextAt } from "./path-at.ts";

export interface Hover {
  readonly markdown: string;
  readonly span: Span;
}

/** Turns a place into a link a reader can follow, or into words. */
export type PlaceLink = (place: Place) => string;

/**
 * What is under the cursor, for every host the file belongs to: what the next boot does to a path, and why; when a calendar
 * expression elapses; what a retention policy leads to. `now` is in milliseconds since 1970.
 */
export function hover(
  program: Program,
  offset: number,
  hosts: readonly CheckedHost[],
  link: PlaceLink,
  now: number,
): Hover | undefined {
  const owners = hosts.filter(({ files }) => files.has(program.path));
  const time = timeHover(program, offset, owners, now);
  const retention = retentionHover(program, offset, owners);
  // How long snapshots are kept is a time span, and a policy.
  if (time && retention) return { markdown: `${time.markdown}\n\n${retention.markdown}`, span: time.span };
  return time ?? pathHover(program, offset, owners, link) ?? retention;
}

function pathHover(
  program: Program,
  offset: number,
  owners: readonly CheckedHost[],
  link: PlaceLink,
): Hover | undefined {
  const entry = persistedAt(owners, program.path, offset);
  const written = writtenTextAt(program, offset);
  const span = entry?.place ?? written?.span;
  const path = entry?.path ?? written?.text;
  if (!span || path === undefined || !isSystemPath(path)) return undefined;
  const lines = owners.map(({ host }) => fateLine(host, path, link, owners.length > 1));
  if (lines.length === 0) return undefined;
  return { markdown: [`**\`${path}\`** at the next boot`, ...lines].join("\n\n"), span };
}

/** An entry of a persistence list, whose text may be relative to a home. */
function persistedAt(owners: readonly CheckedHost[], file: string, offset: number): PersistedPath | undefined {
  for (const { host } of owners) {
    for (const store of host.stores) {
      const found = [...store.directories, ...store.files].find((path) => holdsOffset(path.place, file, offset));
      if (found) return found;
    }
  }
  return undefined;
}

/** Absolute, and not one of the kernel's own file systems, where no question arises. */
function isSystemPath(path: string): boolean {
  return path.startsWith("/") && !/^\/(dev|proc|sys|run|nix\/store)(\/|$)/.test(path) && !/[\s${}*]/.test(path);
}

function fateLine(host: Host, path: string, link: PlaceLink, several: boolean): string {
  const fate = host.fateOf(path);
  const who = several ? `On \`${host.name}\` it ` : "It ";
  const where = fate.place ? ` ([declared here](${link(fate.place)}))` : "";
  return `${who}${verdict(fate)}: ${fate.by}${where}.${unsure(fate)}`;
}

function verdict(fate: Fate): string {
  switch (fate.survives.answer) {
    case "yes":
      return "**survives**";
    case "no":
      return "**is lost**";
    case "unknown":
      return "**may or may not survive**";
  }
}

function unsure(fate: Fate): string {
  return fate.survives.answer === "unknown" ? ` Cannot tell, because ${fate.survives.why}.` : "";
}
