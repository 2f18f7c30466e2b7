import type { ZodType } from "zod";
import type { PersistedEntry } from "../edits/persistence-edit.ts";
import type { Fate } from "../host/host.ts";
import type { FactsJson } from "../report/schema.ts";
import type { OptionWords } from "./option-words.ts";
import type { RemoteRecord } from "./record-reader.ts";
import type { Verb } from "./verb.ts";

/** What a command does to the host at worst. Who is asked before, and how, depends on it. */
export type Effect = "reads" | "changes" | "destroys";

/** Something that people can do with a host: one entry of `commands.ts`, used by the command line and editors alike. */
export interface RemoteCommand<Options = unknown, Result = unknown> {
  readonly name: string;
  /** One line for lists of commands. */
  readonly summary: string;
  readonly effect: Effect;
  /** False for what only adds something, and so has nothing to ask. */
  readonly asks?: false;
  /** What may be asked for. Input from anywhere goes through it; `{}` is valid where nothing has to be named. */
  readonly options: ZodType<Options>;
  /** The form of the answer, as `--format json` prints it. */
  readonly result: ZodType<Result>;
  /** The answer for people, line by line, safe for a terminal. */
  text(result: Result, say?: OptionWords): string;
  /** @throws TransportError when there is no whole answer */
  run(host: string, options: Options, session: RemoteSession): Promise<Result>;
}

/** What a step gives and takes beside the records that its verb reads. */
export interface StepOptions {
  /** The script's "$@". Text goes over as UTF-8; bytes that are no UTF-8 as latin1 in `{ bytes }`. */
  readonly args?: readonly Argument[];
  /** Milliseconds that the step may take. */
  readonly limit?: number;
  /** Hears records as they come. Those for which it answers true are not kept for the verb's `read`. */
  onRecord?(record: RemoteRecord): boolean;
  /**
   * Hears what follows a record `stream`, which knows its own end: answers how many of the bytes belong to it. Less than
   * all of them means that it has ended, and records follow.
   */
  onStream?(bytes: Uint8Array): number;
  /**
   * Hears all records so far when the script asks what to do next, and gives the words of the answer. What it throws ends
   * the call.
   */
  onAsk?(records: readonly RemoteRecord[]): Promise<readonly Argument[]>;
}

/** One word for a script: text, or bytes as a string with one character for each. */
export type Argument = string | { readonly bytes: string };

/** What is about to be done, shown before it is. */
export interface Plan {
  /** A question: "Delete 3 snapshots on web1?" */
  readonly title: string;
  /** One line for each thing that will be done. They may hold anything and are escaped where they are shown. */
  readonly lines: readonly string[];
  /** What has to be typed, for what cannot be undone. */
  readonly typed?: string;
}

/** A conversation with one host, for one run of a command. */
export interface RemoteSession {
  /** Runs one script on the host, and answers with what it found. */
  call<Result>(verb: Verb<Result>, step?: StepOptions): Promise<Result>;
  readonly signal: AbortSignal;
  /** For the log that people may look at. Never a secret. */
  log(line: string): void;
  /** What is being done; `fraction` of all of it, from 0 to 1. */
  progress(text: string, fraction?: number): void;
  /** Shows a plan and asks. False when there is nobody to ask. */
  confirm(plan: Plan): Promise<boolean>;
  /** The host of the workspace that the destination was named by, or undefined. */
  readonly configured: ConfiguredHost | undefined;
}

/** What the configuration says. It may be evaluated in another thread. */
export interface ConfiguredHost {
  readonly facts: FactsJson;
  /** What the next boot does to paths, in their order, by the configuration. */
  fates(paths: readonly string[]): Promise<readonly PathFate[]>;
  /** How the files change that entries are persisted; with `write` they are changed. Left out where files cannot be changed. */
  persist?(entries: readonly PersistedEntry[], write: boolean): Promise<PersistChange | { readonly why: string }>;
}

/** A change of the configuration that persists paths. */
export interface PersistChange {
  readonly title: string;
  /** What remains to be known or done. */
  readonly note?: string;
  /** Where the data will live on the host. */
  readonly store: string;
  /** As `git apply` takes it. */
  readonly patch: string;
}

/** The part of a fate that can cross threads. */
export interface PathFate {
  readonly survives: Fate["survives"]["answer"];
  /** In words: "persisted in /persist". */
  readonly by: string;
  /** Why `survives` is unknown. */
  readonly why?: string;
}
