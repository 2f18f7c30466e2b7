import type { CheckedHost, UncheckedHost } from "../ide/analysis.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";

/** What a person decides; everything else is read from the host. */
export interface ScaffoldAnswers {
  readonly host: string;
  /** The file that the host begins with, where several hosts have one name. */
  readonly entry?: string | undefined;
  /** Where the modules go, from the root of the project. */
  readonly folder: string;
  /** Undefined: the one that the host has, else impermanence. */
  readonly persistence?: "impermanence" | "preservation" | undefined;
  /** The disk to lay out, for a host that has no filesystems yet. */
  readonly disk?: string | undefined;
  readonly mode?: "balanced" | "io-optimized" | "space-optimized" | undefined;
  /** What takes snapshots. */
  readonly snapshots?: "own" | "btrbk" | undefined;
  readonly monitoring?: boolean | undefined;
  /** Directories without copy-on-write. */
  readonly noCow?: readonly string[] | undefined;
}

/** Whether these answers are about a host. */
export function isMeant({ host, entry }: ScaffoldAnswers, one: CheckedHost): boolean {
  return one.host.name === host && (entry === undefined || one.reference.entry === entry);
}

/** What the answers are carried out on. Nothing here writes. */
export interface ScaffoldRequest {
  readonly answers: ScaffoldAnswers;
  /** All hosts of the workspace. */
  readonly hosts: readonly CheckedHost[];
  /** The folder that holds the project, e.g. that of flake.nix. */
  readonly root: string;
  /** The text of a file of any kind; undefined when there is none. */
  text(path: string): string | undefined;
  program(path: string): Program | undefined;
  /** The same host with these texts in place of what is on disk, and nothing kept of earlier calls. */
  trial(texts: ReadonlyMap<string, string>): Trial;
}

/** The host after a change that nobody has made yet. */
export interface Trial {
  readonly checked: CheckedHost | UncheckedHost;
  readonly findings: readonly Finding[];
  program(path: string): Program | undefined;
}

/** A file before and after; `before` is undefined for one that is new. */
export interface PlannedFile {
  readonly before: string | undefined;
  readonly after: string;
}

export interface ScaffoldPlan {
  /** By absolute path, in the order in which a reader wants them. */
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** What a person has to do besides, one paragraph each; commands to run are indented by four blanks. */
  readonly notes: readonly string[];
  /** What the checker still finds in the host afterwards, at warning level or above. */
  readonly left: readonly Finding[];
}

/** Why nothing is planned, and what to do instead. */
export class ScaffoldRefusal extends Error {
  readonly help: string | undefined;

  constructor(why: string, help?: string) {
    super(why);
    this.name = "ScaffoldRefusal";
    this.help = help;
  }
}

/** The folder for the modules will not do, and another one may. */
export class FolderRefusal extends ScaffoldRefusal {}

/** Whether a text can be a disk to lay out. */
export function isDisk(text: string): boolean {
  return /^\/dev\/[\w./:+-]+$/.test(text);
}
