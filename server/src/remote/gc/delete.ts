import * as z from "zod";
import { shown } from "../outputs.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import type { Argument } from "../remote-command.ts";
import exactSubvolumes from "../scripts/exact-subvolumes.sh";
import forWriting from "../scripts/for-writing.sh";
import gcScript from "../scripts/gc.sh";
import lockScript from "../scripts/lock.sh";
import mountedAnywhere from "../scripts/mounted-anywhere.sh";
import setsScript from "../scripts/snapshot-sets.sh";
import toplevels from "../scripts/toplevels.sh";
import trusted from "../scripts/trusted-folder.sh";
import { type Refusal, refusalOf } from "../snapshot/take.ts";
import type { Verb } from "../verb.ts";
import type { PlanItem } from "./plan.ts";

export interface Deleted {
  readonly refused?: Refusal;
  /** UUIDs. */
  readonly deleted: readonly string[];
  /** What was left, with the code of the reason and what it adds. */
  readonly kept: readonly { readonly uuid: string; readonly reason: string; readonly detail: string }[];
}

/** Deletes by id what is still what it was; what is said to be deleted is so on the disk. */
export const deleteSubvolumes: Verb<Deleted> = {
  name: "gc",
  needsRoot: true,
  scripts: [forWriting, toplevels, lockScript, trusted, setsScript, mountedAnywhere, exactSubvolumes, gcScript],
  schema: z.custom<Deleted>(),
  read: readDeleted,
};

/** A folder in which an unfinished run may have left something: index of its filesystem, and path from the toplevel in latin1. */
export interface SettledFolder {
  readonly index: number;
  readonly bytes: string;
}

/** How many are looked at and deleted together. */
const BATCH = 50;

export function deleteArguments(items: readonly PlanItem[], folders: readonly SettledFolder[]): Argument[] {
  const batches: { readonly index: number; readonly ids: number[]; readonly words: string[] }[] = [];
  for (const { subvolume: outermost, nested } of items)
    for (const { index, id, uuid, createdGeneration, readOnly } of [...nested, outermost]) {
      let batch = batches.at(-1);
      if (batch?.index !== index || batch.ids.length === BATCH) {
        batch = { index, ids: [], words: [] };
        batches.push(batch);
      }
      batch.ids.push(id);
      batch.words.push(uuid, String(createdGeneration), readOnly ? "readonly" : "writable", String(outermost.id));
    }
  return [
    ...[String(folders.length), ...folders.flatMap(({ index, bytes }) => [String(index), { bytes }])],
    ...batches.flatMap(({ index, ids, words }) => [String(index), ids.join(" "), ...words]),
  ];
}

function readDeleted(records: readonly RemoteRecord[]): Deleted {
  const refused = refusalOf(records);
  const all = (kind: string, count: number) =>
    records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, count) as string[]);
  return {
    ...(refused ? { refused } : {}),
    deleted: all("deleted", 2).map(([, uuid]) => uuid as string),
    kept: all("kept", 3).map(([uuid, reason, detail]) => ({
      ...{ uuid: uuid as string, reason: reason as string },
      detail: shown(detail as string).trim(),
    })),
  };
}
