import type { Outputs } from "./outputs.ts";
import { shown } from "./outputs.ts";

export interface Subvolume {
  readonly id: number;
  readonly parentId: number;
  /** Generations: of the last change, and of the creation, which orders snapshots whatever the clock said. */
  readonly generation: number;
  readonly createdGeneration: number;
  readonly uuid: string | undefined;
  readonly parentUuid: string | undefined;
  /** Of the subvolume that it was sent from, on another host or filesystem. */
  readonly receivedUuid: string | undefined;
  /** From the toplevel, without a slash in front. */
  readonly path: string;
  /** The same path in latin1, one character for each byte, for scripts. */
  readonly bytes: string;
  readonly readOnly: boolean;
  /** Unix seconds; known of snapshots. */
  readonly created: number | undefined;
  /** Bytes that only it holds; known where qgroups are on. */
  readonly exclusiveBytes: number | undefined;
}

const LINE =
  /^ID (\d+) gen (\d+) cgen (\d+) parent (\d+) top level \d+ parent_uuid (\S+) +received_uuid (\S+) +uuid (\S+) +path (.*)$/s;
/** How lists begin that are read here. The first line is never made up: no name stands before it. */
const FIRST =
  /^(?:$|ID \d+ gen \d+ cgen \d+ parent \d+ top level \d+ parent_uuid \S+ +received_uuid \S+ +uuid \S+ +path )/;
const FIRST_READ_ONLY = /^(?:$|ID \d+ gen \d+ )/;

/** Why there are no subvolumes to read though the host looked for them; undefined when it is not for this. */
export function whyUnreadable(outputs: Outputs, suffix = ""): string | undefined {
  const [all, readOnly] = [`subvolumes${suffix}`, `readonly${suffix}`];
  if (outputs.failed(all) || outputs.failed(readOnly)) return "`btrfs subvolume list` fails on the host";
  const [text, other] = [outputs.text(all), outputs.text(readOnly)];
  if (text === undefined || (FIRST.test(text) && FIRST_READ_ONLY.test(other ?? ""))) return undefined;
  const line = (FIRST.test(text) ? (other ?? "") : text).split("\n", 1)[0] ?? "";
  return `\`btrfs subvolume list\` on the host prints what is not understood here (${shown(line.slice(0, MOST_SHOWN))})`;
}

const MOST_SHOWN = 80;

/** Subvolumes, or undefined when the host did not show them; `suffix` names the outputs of one of several filesystems. */
export function readSubvolumes(outputs: Outputs, suffix = ""): Subvolume[] | undefined {
  const text = outputs.text(`subvolumes${suffix}`);
  if (text === undefined || whyUnreadable(outputs, suffix) !== undefined) return undefined;
  const lines = (name: string) => entries(outputs.text(`${name}${suffix}`) ?? "", (id) => pathOf(outputs, suffix, id));
  const readOnly = new Set(lines("readonly").map(({ id }) => id));
  const created = new Map(
    lines("created").map(({ line, id }) => [id, / otime (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /.exec(line)?.[1]]),
  );
  const exclusive = readQgroups(outputs.text(`qgroups${suffix}`));
  const all = lines("subvolumes").flatMap(({ line }): Subvolume[] => {
    const found = LINE.exec(line);
    if (!found) return [];
    const [, id, gen, cgen, parent, parentUuid, receivedUuid, uuid, path] = found as unknown as string[];
    const time = created.get(id as string);
    return [
      {
        id: Number(id),
        parentId: Number(parent),
        generation: Number(gen),
        createdGeneration: Number(cgen),
        uuid: uuid === "-" ? undefined : uuid,
        parentUuid: parentUuid === "-" ? undefined : parentUuid,
        receivedUuid: receivedUuid === "-" ? undefined : receivedUuid,
        path: shown(path as string),
        bytes: path as string,
        readOnly: readOnly.has(id as string),
        created: time === undefined ? undefined : secondsOf(time),
        exclusiveBytes: exclusive.get(Number(id)),
      },
    ];
  });
  const times = new Map<number, number>();
  for (const { id } of all) times.set(id, (times.get(id) ?? 0) + 1);
  // An id that occurs twice is a forgery by a name.
  return all.filter(({ id }) => times.get(id) === 1);
}

/**
 * The path that the host says of a number by itself, where names hold newlines, see exact-subvolumes.sh; an empty one of a
 * number that there is not. Undefined where lists are to be believed.
 */
function pathOf(outputs: Outputs, suffix: string, id: string): string | undefined {
  if (outputs.text(`exact${suffix}`) === undefined) return undefined;
  return outputs.text(`path${suffix}.${id}`)?.replace(/\n$/, "") ?? "";
}

/** Of `2026-11-21 12:00:00` in UTC; undefined when there is no such time. */
function secondsOf(time: string): number | undefined {
  const seconds = Date.parse(`${time.replace(" ", "T")}Z`) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const HEAD = /ID (\d+) gen \d+ .*? path /y;

/**
 * The lines of a list, each with its id. Where the path of an id is known, its line has just that path: what stands behind a
 * newline in it is no line, and what has another path is none of that id.
 */
function entries(text: string, pathOf: (id: string) => string | undefined): { line: string; id: string }[] {
  const found: { line: string; id: string }[] = [];
  for (let at = 0; at < text.length; ) {
    HEAD.lastIndex = at;
    const id = HEAD.exec(text)?.[1];
    const known = id === undefined ? undefined : pathOf(id);
    const isOwn = known === undefined || (known !== "" && text.startsWith(`${known}\n`, HEAD.lastIndex));
    const newline = text.indexOf("\n", at);
    const end = known !== undefined && isOwn ? HEAD.lastIndex + known.length : newline < 0 ? text.length : newline;
    if (id !== undefined && isOwn) found.push({ line: text.slice(at, end), id });
    at = end + 1;
  }
  return found;
}

function readQgroups(text: string | undefined): Map<number, number> {
  const found = [...(text ?? "").matchAll(/^ *0\/(\d+) +\d+ +(\d+)/gm)];
  return new Map(found.map(([, id, bytes]) => [Number(id), Number(bytes)]));
}
