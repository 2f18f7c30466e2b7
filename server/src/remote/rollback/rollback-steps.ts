import * as z from "zod";
import { outputsOf, shown } from "../outputs.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import exchange from "../scripts/exchange.sh";
import forWriting from "../scripts/for-writing.sh";
import lock from "../scripts/lock.sh";
import mountedAnywhere from "../scripts/mounted-anywhere.sh";
import rollback from "../scripts/rollback.sh";
import plan from "../scripts/rollback-plan.sh";
import repair from "../scripts/rollback-repair.sh";
import state from "../scripts/rollback-state.sh";
import use from "../scripts/rollback-use.sh";
import toplevels from "../scripts/toplevels.sh";
import trusted from "../scripts/trusted-folder.sh";
import words from "../scripts/words.sh";
import { type Refusal, refusalOf } from "../snapshot/take.ts";
import { readShow } from "../subvolume-show.ts";
import type { Verb } from "../verb.ts";
import type { User } from "./rollback-schema.ts";

/** What stands in the way of a rollback. */
export interface Obstacles {
  readonly usedBy: readonly User[];
  /** Whether names can be exchanged at once; else there are two renames. */
  readonly exchanges: boolean;
  /** Ids that /etc/fstab mounts by number: an exchange of names does not reach those. With the uuid of the filesystem, if it says that. */
  readonly mountedById: readonly { readonly id: number; readonly filesystem: string | undefined }[];
  readonly defaultId: number | undefined;
  readonly units: readonly { readonly name: string; readonly active: string; readonly loaded: string }[];
  /** Of the subvolume at `/`, and of the boot, in Unix seconds. */
  readonly rootCreated: number | undefined;
  readonly booted: number | undefined;
}

export const findObstacles: Verb<Obstacles> = {
  name: "rollback-plan",
  scripts: [toplevels, lock, words, exchange, use, plan],
  schema: z.custom<Obstacles>(),
  read(records) {
    const outputs = outputsOf(records);
    const number = (text: string | undefined) => (text === undefined || text === "" ? undefined : Number(text));
    const units = records
      .filter(({ kind }) => kind === "unit")
      .map((record) => fieldsOf(record, 3) as [string, string, string])
      .map(([active, loaded, name]) => ({ active, loaded, name }));
    const fstab = (outputs.text("fstab") ?? "").split("\n").filter((line) => !/^\s*#/.test(line));
    return {
      usedBy: usersOf(records, "holder"),
      exchanges: outputs.required("exchanger", 1)[0] !== "none",
      mountedById: fstab.flatMap((line) => {
        const filesystem = /^\s*(?:UUID=|\/dev\/disk\/by-uuid\/)"?([\da-fA-F-]{36})/.exec(line)?.[1]?.toLowerCase();
        return [...line.matchAll(/[\s,]subvolid=0*(\d+)/g)].map(([, id]) => ({ id: Number(id), filesystem }));
      }),
      defaultId: number(/^ID (\d+)/.exec(outputs.text("default") ?? "")?.[1]),
      units,
      rootCreated: readShow(outputs.text("root") ?? "")?.created,
      booted: number(outputs.text("booted")?.trim()),
    };
  },
};

/** What a run did. */
export interface RollbackRun {
  readonly refused?: Refusal;
  readonly usedBy: readonly User[];
  /** Processes in mounts of their own, such as containers, that still see the other data. */
  readonly elsewhere: readonly User[];
  /** Mount points that could not be mounted anew. */
  readonly pending: readonly string[];
  /** In words: what went wrong after the exchange. */
  readonly troubles: readonly string[];
  /** What was left by an earlier run, and what became of it. */
  readonly settled: readonly { readonly id: string; readonly how: string; readonly path: string }[];
}

export const runRollback: Verb<RollbackRun> = {
  name: "rollback",
  scripts: [forWriting, toplevels, mountedAnywhere, lock, trusted, words, exchange, state, use, repair, rollback],
  schema: z.custom<RollbackRun>(),
  read(records) {
    const all = (kind: string, count: number) =>
      records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, count).map(shown));
    const refused = refusalOf(records);
    return {
      ...(refused ? { refused } : {}),
      usedBy: usersOf(records, "holder"),
      elsewhere: usersOf(records, "elsewhere"),
      pending: all("pending", 1).map(([path]) => path as string),
      troubles: [
        ...all("mount-failed", 2).map(([text, path]) => `${path} could not be mounted again: ${text?.trim()}`),
        ...all("unit-failed", 2).map(([name, text]) => `${name} could not be started again: ${text?.trim()}`),
      ],
      settled: all("settled", 3).map(([id = "", how = "", path = ""]) => ({ id, how, path })),
    };
  },
};

function usersOf(records: readonly RemoteRecord[], kind: string): User[] {
  return records
    .filter((record) => record.kind === kind)
    .map((record) => fieldsOf(record, 3).map(shown) as [string, string, string])
    .map(([pid, unit, name]) => ({ pid: Number(pid), name, ...(unit === "" ? {} : { unit }) }));
}
