import type { Outputs } from "./outputs.ts";
import { shown } from "./outputs.ts";
import { readShow } from "./subvolume-show.ts";

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
/** Where one line of `btrfs subvolume list` ends and the next begins. A name may hold a newline, then this is no start. */
const START = /\n(?=ID \d+ gen \d+ )/;

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

/**
 * Subvolumes, or undefined when the host did not show them; `suffix` names the outputs of one of several filesystems. An id
 * that occurs twice is a forgery by a name: left out.
 */
export function readSubvolumes(outputs: Outputs, suffix = ""): Subvolume[] | undefined {
  const text = outputs.text(`subvolumes${suffix}`);
  if (text === undefined || whyUnreadable(outputs, suffix) !== undefined) return undefined;
  const readOnly = new Set(entries(outputs.text(`readonly${suffix}`) ?? "").map(([, id]) => id));
  const created = new Map(
    entries(outputs.text(`created${suffix}`) ?? "").map((entry) => [
      entry[1],
      / otime (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /.exec(entry[0])?.[1],
    ]),
  );
  const exclusive = readQgroups(outputs.text(`qgroups${suffix}`));
  const all = text
    .replace(/\n$/, "")
    .split(START)
    .flatMap((line): Subvolume[] => {
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
  if (outputs.text(`exact${suffix}`) !== undefined) return exactSubvolumes(outputs, suffix, text, exclusive);
  const times = new Map<number, number>();
  for (const { id } of all) times.set(id, (times.get(id) ?? 0) + 1);
  return all.filter(({ id }) => times.get(id) === 1);
}

/** The same, from what btrfs says of each number by itself, see exact-subvolumes.sh: numbers that are made up have no path. */
function exactSubvolumes(
  outputs: Outputs,
  suffix: string,
  text: string,
  exclusive: ReadonlyMap<number, number>,
): Subvolume[] {
  const ids = new Set([...text.matchAll(/^ID (\d+) gen /gm)].map(([, id]) => id as string));
  return [...ids].flatMap((id): Subvolume[] => {
    const path = outputs.text(`path${suffix}.${id}`)?.replace(/\n$/, "");
    const show = path === undefined ? undefined : readShow(outputs.text(`exact${suffix}.${id}`) ?? "", path);
    if (path === undefined || path === "" || show?.id !== Number(id)) return [];
    return [{ ...show, path: shown(path), exclusiveBytes: exclusive.get(show.id) }];
  });
}

/** Of `2026-11-21 12:00:00` in UTC; undefined when there is no such time. */
function secondsOf(time: string): number | undefined {
  const seconds = Date.parse(`${time.replace(" ", "T")}Z`) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

function entries(text: string): [line: string, id: string][] {
  return text.split(START).flatMap((line): [string, string][] => {
    const id = /^ID (\d+) /.exec(line)?.[1];
    return id === undefined ? [] : [[line, id]];
  });
}

function readQgroups(text: string | undefined): Map<number, number> {
  const found = [...(text ?? "").matchAll(/^ *0\/(\d+) +\d+ +(\d+)/gm)];
  return new Map(found.map(([, id, bytes]) => [Number(id), Number(bytes)]));
}
