import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import { shown } from "../outputs.ts";
import { fieldsOf, RecordError, type RemoteRecord } from "../record-reader.ts";
import { complaint } from "../refusal-words.ts";
import type { Argument } from "../remote-command.ts";
import forWriting from "../scripts/for-writing.sh";
import lockScript from "../scripts/lock.sh";
import snapshotScript from "../scripts/snapshot.sh";
import setsScript from "../scripts/snapshot-sets.sh";
import toplevels from "../scripts/toplevels.sh";
import trusted from "../scripts/trusted-folder.sh";
import { readShow } from "../subvolume-show.ts";
import type { Verb } from "../verb.ts";

/** One snapshot that is to be. */
export interface Order {
  /** Index of the filesystem. */
  readonly index: number;
  readonly id: number;
  readonly uuid: string;
  /** Both from the toplevel, in latin1. */
  readonly sourceBytes: string;
  readonly folderBytes: string;
  /** What the name of the snapshot begins with: letters, digits and `._@+-`. */
  readonly name: string;
}

/** Why nothing was done, as a code of the script and what it adds. */
export interface Refusal {
  readonly reason: string;
  readonly detail: string;
}

export interface Taken {
  readonly refused?: Refusal;
  /** Whether an earlier call with the same request had taken all of them. */
  readonly found: boolean;
  readonly sets: readonly { readonly index: number; readonly started: string; readonly seconds: number }[];
  readonly snapshots: readonly TakenSnapshot[];
  /** Names of snapshots that an earlier call took, and that are not there any more. */
  readonly gone: readonly string[];
  /** Names that could not be given to snapshots that were taken. */
  readonly unnamed: readonly string[];
}

export interface TakenSnapshot {
  readonly index: number;
  readonly path: string;
  readonly uuid: string;
  readonly id: number;
  readonly parentUuid: string | undefined;
  readonly createdGeneration: number;
  readonly created: string | undefined;
  readonly readOnly: boolean;
}

/** Takes the snapshots as one set, or none, and looks at them afterwards. */
export const take: Verb<Taken> = {
  name: "snapshot",
  needsRoot: true,
  scripts: [forWriting, toplevels, lockScript, trusted, setsScript, snapshotScript],
  schema: z.custom<Taken>(),
  read: readTaken,
};

export function takeArguments(request: string, orders: readonly Order[]): Argument[] {
  const words = orders.flatMap(({ index, id, uuid, sourceBytes, folderBytes, name }): Argument[] => [
    ...[String(index), String(id), uuid, { bytes: sourceBytes }, { bytes: folderBytes }, name],
  ]);
  return [request, ...words];
}

function readTaken(records: readonly RemoteRecord[]): Taken {
  const refused = refusalOf(records);
  const shows = new Map<string, string>();
  for (const record of records) {
    if (record.kind !== "output") continue;
    const [name, status, text] = fieldsOf(record, 3) as [string, string, string];
    if (status === "0" && name.startsWith("show.")) shows.set(name.slice("show.".length), text);
  }
  const all = (kind: string, count: number) =>
    records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, count) as string[]);
  const snapshots = all("snapshot", 3).map(([index, uuid, path]): TakenSnapshot => {
    const show = readShow(shows.get(uuid as string) ?? "");
    if (!show) throw new RecordError(`what btrfs says of ${shown(path as string)} is not understood`);
    const { id, parentUuid, createdGeneration, readOnly } = show;
    const created = show.created === undefined ? undefined : isoTime(show.created);
    const found = { index: Number(index), path: shown(path as string), uuid: show.uuid, id };
    return { ...found, parentUuid, createdGeneration, created, readOnly };
  });
  const sets = all("set", 3).map(([index, started, times]) => {
    const [from, to] = (times as string).split(" ").map(Number);
    const seconds = Math.max(0, Math.round(((to ?? 0) - (from ?? 0)) * 100) / 100);
    if (!/^\d{1,11}$/.test(started as string) || !Number.isFinite(seconds))
      throw new RecordError("when the snapshots were taken is not understood");
    return { index: Number(index), started: isoTime(Number(started)), seconds };
  });
  const names = (kind: string) => all(kind, 3).map(([, , name]) => name as string);
  return {
    ...(refused ? { refused } : {}),
    found: all("found", 1)[0]?.[0] === "yes",
    ...{ sets, snapshots, gone: names("gone"), unnamed: names("unnamed") },
  };
}

/** Why a script did nothing, or undefined. */
export function refusalOf(records: readonly RemoteRecord[]): Refusal | undefined {
  const record = records.find(({ kind }) => kind === "refused");
  if (!record) return undefined;
  const [reason, detail] = fieldsOf(record, 2) as [string, string];
  return { reason, detail: shown(complaint(detail)) };
}
