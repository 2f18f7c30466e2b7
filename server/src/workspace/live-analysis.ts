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
import type { HostReference } from "../modules/configuration.ts";
import type { DiskWorkspace } from "./disk-workspace.ts";

/**
 * The analysis of a workspace that is being edited. After a change only the hosts that read a changed file
 * are evaluated again; the others keep their results. What it answers is always about the current texts.
 */
export class LiveAnalysis {
  private readonly workspace: DiskWorkspace;
  private readonly results = new Map<string, CheckedHost | UncheckedHost>();
  private list: HostList | undefined;
  private readonly changed = new Set<string>();
  private last: Analysis | undefined;

  constructor(workspace: DiskWorkspace) {
    this.workspace = workspace;
  }

  /** An editor shows a text for a file, saved or not. */
  update(file: string, text: string): void {
    this.last = undefined;
    const isNew = this.workspace.files.kind(file) === undefined;
    const before = isNew ? undefined : this.textOf(file);
    this.workspace.openDocument(file, text);
    // A file that was not there may be what an import or a folder's listing missed.
    if (isNew) this.reset();
    // Opening a file that says what the disk says changes nothing.
    else if (before !== text) this.changed.add(file);
  }

  /** An editor closed the file; what is on disk counts again. */
  close(file: string): void {
    this.last = undefined;
    const before = this.textOf(file);
    this.workspace.closeDocument(file);
    if (this.workspace.files.kind(file) === undefined) this.reset();
    else if (this.textOf(file) !== before) this.changed.add(file);
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.workspace.refresh();
    this.reset();
  }

  /** Whether a change of this file on disk, which is no open document, may change the results. */
  concerns(file: string): boolean {
    if (/(\.nix|\/flake\.lock|\/\.gitignore)$/.test(file)) return true;
    for (const result of this.results.values()) if (result.dependencies.has(file)) return true;
    // Of a folder that goes, some clients name only the folder.
    return this.workspace.nixFiles.some((known) => isWithin(known, file));
  }

  /** The analysis of the current texts; computed when there is none. */
  current(): Analysis {
    this.last ??= this.compute();
    return this.last;
  }

  private compute(): Analysis {
    const { hosts, problems } = this.hosts();
    const results = hosts.map((reference) => this.result(reference));
    this.changed.clear();
    const inView = this.workspace.files.openPaths().filter((file) => this.workspace.files.covers(file));
    return combine(this.workspace, results, problems, inView);
  }

  private hosts(): HostList {
    if (!this.list || this.isOutdated(this.list)) {
      this.list = listHosts(this.workspace);
      const keys = new Set(this.list.hosts.map(keyOf));
      for (const key of this.results.keys()) if (!keys.has(key)) this.results.delete(key);
    }
    return this.list;
  }

  private result(reference: HostReference): CheckedHost | UncheckedHost {
    const key = keyOf(reference);
    const known = this.results.get(key);
    if (known && !this.isOutdated(known)) return known;
    const result = analyseHost(this.workspace, reference);
    this.results.set(key, result);
    return result;
  }

  private isOutdated({ dependencies }: { readonly dependencies: ReadonlySet<string> }): boolean {
    for (const file of this.changed) if (dependencies.has(file)) return true;
    return false;
  }

  private reset(): void {
    this.list = undefined;
    this.results.clear();
    this.changed.clear();
    this.last = undefined;
  }

  /** As the analysis would read it; parsing waits until it does. */
  private textOf(file: string): string | undefined {
    const read = this.workspace.files.read(file);
    return "text" in read ? read.text : undefined;
  }
}

function keyOf(reference: HostReference): string {
  return JSON.stringify([reference.kind, reference.entry, reference.name]);
}
