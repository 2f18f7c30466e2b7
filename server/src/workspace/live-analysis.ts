import { Interrupted } from "../eval/budget.ts";
import { isWithin } from "../eval/path-name.ts";
import {
  type Analysis,
  analyseHost,
  type CheckedHost,
  combine,
  type HostList,
  listHosts,
  type UncheckedHost,
} from "../ide/analysis.ts";
import { isConfigFile } from "../ide/project-config/project-config.ts";
import type { HostReference } from "../modules/configuration.ts";
import type { DiskWorkspace } from "./disk-workspace.ts";

/** A host whose evaluation had to be stopped from outside, so that it is not tried again as it is. */
export interface StoppedHost {
  /** See {@link hostKey}. */
  readonly key: string;
  /** A phrase that follows "because". */
  readonly why: string;
  /** Milliseconds since 1970 before which even a change is no reason to try again. */
  readonly notBefore: number;
}

/** The key of the list of hosts, which is evaluated as well. */
export const LIST_OF_HOSTS = "";

export interface LiveAnalysisOptions {
  /** Hears of every host before it is evaluated, and of the list of hosts, which is undefined. */
  readonly onWork?: (host: HostReference | undefined) => void;
  /** Hosts that stay as they are until something changes. */
  readonly stopped?: readonly StoppedHost[];
}

/**
 * The analysis of a workspace that is being edited. After a change only the hosts that read a changed file
 * are evaluated again; the others keep their results. What it answers is always about the current texts.
 *
 * Evaluation may end with `Interrupted`. Nothing is kept of the host it was at, everything of those before.
 */
export class LiveAnalysis {
  private readonly workspace: DiskWorkspace;
  private readonly onWork: (host: HostReference | undefined) => void;
  private readonly results = new Map<string, CheckedHost | UncheckedHost>();
  private readonly stopped = new Map<string, StoppedHost>();
  private list: HostList | undefined;
  /** Hosts whose results are about earlier texts, by key, with the files that changed since. */
  private readonly outdated = new Map<string, Set<string>>();
  private last: Analysis | undefined;
  /** The file that was edited last: hosts that read it come first. */
  private edited: string | undefined;

  constructor(workspace: DiskWorkspace, { onWork = () => {}, stopped = [] }: LiveAnalysisOptions = {}) {
    this.workspace = workspace;
    this.onWork = onWork;
    for (const host of stopped) this.stopped.set(host.key, host);
  }

  /** An editor shows a text for a file, saved or not. */
  update(file: string, text: string): void {
    if (isConfigFile(file)) {
      this.workspace.openDocument(file, text);
      this.reset();
      return;
    }
    this.last = undefined;
    this.edited = file;
    const isNew = this.workspace.files.kind(file) === undefined;
    const before = isNew ? undefined : this.textOf(file);
    this.workspace.openDocument(file, text);
    // A file that was not there may be what an import or a folder's listing missed.
    if (isNew) this.reset();
    // Opening a file that says what the disk says changes nothing.
    else if (before !== text) this.changed(file);
  }

  /** An editor closed the file; what is on disk counts again. */
  close(file: string): void {
    this.last = undefined;
    const before = this.textOf(file);
    this.workspace.closeDocument(file);
    if (isConfigFile(file)) this.reset();
    else if (this.workspace.files.kind(file) === undefined) this.reset();
    else if (this.textOf(file) !== before) this.changed(file);
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.workspace.refresh();
    this.reset();
  }

  /** Whether a change of this file on disk, which is no open document, may change the results. */
  concerns(file: string): boolean {
    if (/(\.nix|\/flake\.lock|\/\.gitignore)$/.test(file) || isConfigFile(file)) return true;
    for (const result of this.results.values()) if (result.dependencies.has(file)) return true;
    // Of a folder that goes, some clients name only the folder.
    return this.workspace.nixFiles.some((known) => isWithin(known, file));
  }

  /** The analysis of the current texts; computed when there is none. */
  current(): Analysis {
    if (!this.last) {
      while (this.advance());
      this.last = this.combined();
    }
    return this.last;
  }

  /**
   * What is known of the current texts once every host that is known to read one of these files is
   * evaluated. Complete for these files, unless a change made another host read them.
   */
  currentFor(files: readonly string[]): Analysis {
    if (this.last) return this.last;
    const { hosts } = this.hosts();
    for (const reference of hosts) if (this.mayRead(reference, files)) this.result(reference);
    return this.missing().length > 0 ? this.combined() : this.current();
  }

  /** Whether `current` has everything already. */
  get isComplete(): boolean {
    return this.last !== undefined;
  }

  /** Evaluates one host of which there is no result for the current texts. Answers false when there is none. */
  advance(): boolean {
    const [next] = this.missing();
    if (!next) return false;
    this.result(next);
    return true;
  }

  private combined(): Analysis {
    const { hosts, problems } = this.hosts();
    const results = hosts.flatMap((reference) => this.fresh(reference) ?? []);
    const inView = this.workspace.files
      .openPaths()
      .filter((file) => file.endsWith(".nix") && this.workspace.files.covers(file));
    return combine(this.workspace, results, problems, { inView, isComplete: results.length === hosts.length });
  }

  /** Hosts that have to be evaluated, in the order in which somebody waits for them. */
  private missing(): HostReference[] {
    const missing = this.hosts().hosts.filter((reference) => !this.fresh(reference));
    if (missing.length < 2) return missing;
    const open = this.workspace.files.openPaths();
    const { edited } = this;
    const rank = (reference: HostReference) => {
      if (edited !== undefined && this.mayRead(reference, [edited])) return 0;
      return this.mayRead(reference, open) ? 1 : 2;
    };
    return missing.sort((a, b) => rank(a) - rank(b));
  }

  private mayRead(reference: HostReference, files: readonly string[]): boolean {
    const known = this.results.get(hostKey(reference));
    return !known || files.some((file) => known.dependencies.has(file));
  }

  private hosts(): HostList {
    if (!this.list) {
      const stopped = this.stopped.get(LIST_OF_HOSTS);
      if (!stopped) this.onWork(undefined);
      this.list = stopped ? this.unlisted(stopped.why) : listHosts(this.workspace);
      const keys = new Set(this.list.hosts.map(hostKey));
      for (const key of this.results.keys()) if (!keys.has(key)) this.results.delete(key);
      for (const key of this.outdated.keys()) if (!keys.has(key)) this.outdated.delete(key);
    }
    return this.list;
  }

  private unlisted(why: string): HostList {
    const problems = this.workspace.nixFiles.slice(0, 1).map((entry) => ({ entry, why, place: undefined }));
    return { hosts: [], problems, dependencies: new Set() };
  }

  /** The result for the current texts, when there is one. */
  private fresh(reference: HostReference): CheckedHost | UncheckedHost | undefined {
    const key = hostKey(reference);
    return this.outdated.has(key) ? undefined : this.results.get(key);
  }

  private result(reference: HostReference): CheckedHost | UncheckedHost {
    const known = this.fresh(reference);
    if (known) return known;
    const key = hostKey(reference);
    const stopped = this.stopped.get(key);
    if (!stopped) this.onWork(reference);
    const result: CheckedHost | UncheckedHost = stopped
      ? { reference, why: stopped.why, place: undefined, dependencies: new Set([reference.entry]) }
      : (this.revised(key) ?? analyseHost(this.workspace, reference, { isLive: true }));
    this.results.set(key, result);
    this.outdated.delete(key);
    return result;
  }

  /** The last result with the changes taken over, where they reach little of the host. */
  private revised(key: string): CheckedHost | undefined {
    const before = this.results.get(key);
    const files = this.outdated.get(key);
    if (!files || !before || !("revise" in before)) return undefined;
    // Whatever happens, what it was made of is of no use any more.
    this.results.delete(key);
    try {
      return before.revise(files);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return undefined;
    }
  }

  private changed(file: string): void {
    for (const [key, { dependencies }] of this.results) {
      if (!dependencies.has(file)) continue;
      const files = this.outdated.get(key);
      if (files) files.add(file);
      else this.outdated.set(key, new Set([file]));
    }
    if (this.list?.dependencies.has(file)) this.list = undefined;
    this.retryStopped();
  }

  /** What a stopped host reads is not known, so any change may be the one that it needs. */
  private retryStopped(): void {
    const now = Date.now();
    for (const [key, { notBefore }] of this.stopped) {
      if (now < notBefore) continue;
      this.stopped.delete(key);
      if (key === LIST_OF_HOSTS) this.list = undefined;
      else this.results.delete(key);
    }
  }

  private reset(): void {
    this.list = undefined;
    this.results.clear();
    this.outdated.clear();
    this.last = undefined;
    this.retryStopped();
  }

  /** As the analysis would read it; parsing waits until it does. */
  private textOf(file: string): string | undefined {
    const read = this.workspace.files.read(file);
    return "text" in read ? read.text : undefined;
  }
}

/** Tells the hosts of a workspace apart, from one run of the program to the next. */
export function hostKey(reference: HostReference): string {
  return JSON.stringify([reference.kind, reference.entry, reference.name]);
}
