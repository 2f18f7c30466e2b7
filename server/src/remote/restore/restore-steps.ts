import * as z from "zod";
import { shown } from "../outputs.ts";
import { fieldsOf, RecordError, type RemoteRecord } from "../record-reader.ts";
import type { Argument } from "../remote-command.ts";
import exchange from "../scripts/exchange.sh";
import lock from "../scripts/lock.sh";
import apply from "../scripts/restore-apply.sh";
import begin from "../scripts/restore-begin.sh";
import places from "../scripts/restore-places.sh";
import toplevels from "../scripts/toplevels.sh";
import words from "../scripts/words.sh";
import { type Refusal, refusalOf } from "../snapshot/take.ts";
import type { Verb } from "../verb.ts";
import { type RestoreItem, stateSchema } from "./restore-schema.ts";

/** One path as the host found it, before it is decided what becomes of it. */
export type FoundItem = Pick<RestoreItem, "path" | "from" | "kind" | "bytes" | "state"> & {
  /** What was named, when links on the way lead elsewhere. */
  readonly named?: string;
  /** Where the link leads that is there now. */
  readonly link?: string;
  /** Where the folder around it leads in the snapshot. */
  readonly leadsTo?: string;
};

export interface FoundItems {
  readonly refused?: Refusal;
  readonly items: readonly FoundItem[];
  /** Folders whose entries became items, because something is mounted there or below. */
  readonly around: readonly string[];
}

/** What the host did with one item, by its position. */
export interface Applied extends FoundItems {
  readonly restored: ReadonlyMap<number, { readonly kept: string | undefined }>;
  readonly failed: ReadonlyMap<number, string>;
}

/** The paths of a restore, in latin1. */
export interface RestorePath {
  /** Below the snapshot, without a slash in front. */
  readonly from: string;
  readonly target: string;
}

/** Looks at the paths in a snapshot and on the host. Changes nothing. */
export const findItems: Verb<FoundItems> = {
  name: "restore-plan",
  scripts: [toplevels, lock, words, places],
  schema: z.custom<FoundItems>(),
  read: readItems,
};

/** Looks again, and does it. */
export const applyItems: Verb<Applied> = {
  name: "restore",
  scripts: [toplevels, lock, words, exchange, begin, places, apply],
  schema: z.custom<Applied>(),
  read(records) {
    const all = (kind: string) => records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, 2));
    return {
      ...readItems(records),
      restored: new Map(
        all("restored").map(([item, kept]) => [Number(item) - 1, { kept: kept ? shown(kept) : undefined }]),
      ),
      failed: new Map(all("failed").map(([item, text]) => [Number(item) - 1, shown(text as string).trim()])),
    };
  },
};

export function placeArguments(
  index: number,
  snapshot: { readonly id: number; readonly uuid: string },
  paths: readonly RestorePath[],
): Argument[] {
  const words = paths.flatMap(({ from, target }): Argument[] => [{ bytes: from }, { bytes: target }]);
  return [String(index), String(snapshot.id), snapshot.uuid, ...words];
}

function readItems(records: readonly RemoteRecord[]): FoundItems {
  const refused = refusalOf(records);
  const details = (kind: string) =>
    new Map(
      records
        .filter((record) => record.kind === kind)
        .map((record) => fieldsOf(record, 2))
        .map(([item, text]) => [item as string, shown(text as string)]),
    );
  const [targets, named, links, notes] = ["target", "through-link", "link", "note"].map(details) as [
    Map<string, string>,
    Map<string, string>,
    Map<string, string>,
    Map<string, string>,
  ];
  const items = records
    .filter(({ kind }) => kind === "item")
    .map((record): FoundItem => {
      const [item, state, kind, bytes, from] = fieldsOf(record, 5) as [string, string, string, string, string];
      const path = targets.get(item);
      const known = stateSchema.safeParse(state);
      const kinds = z.enum(["file", "folder", "link", "special"]).safeParse(kind);
      if (path === undefined || !known.success) throw new RecordError(`item ${item} is not understood`);
      const optional = { named: named.get(item), link: links.get(item), leadsTo: notes.get(item) };
      return {
        ...{ path, from: shown(from), state: known.data },
        ...(kinds.success ? { kind: kinds.data } : {}),
        ...(/^\d+$/.test(bytes) ? { bytes: Number(bytes) } : {}),
        ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      };
    });
  const around = records
    .filter(({ kind }) => kind === "around")
    .map((record) => shown(fieldsOf(record, 1)[0] as string));
  return { ...(refused ? { refused } : {}), items, around };
}
