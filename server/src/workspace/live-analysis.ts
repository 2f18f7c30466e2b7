import { type Analysis, analyseHost, type CheckedHost, combine, type UncheckedHost } from "../ide/analysis.ts";
import { type DiscoveryProblem, discoverHosts, type HostReference } from "../modules/configuration.ts";
import type { DiskWorkspace } from "./disk-workspace.ts";

/**
 * The analysis of a workspace that is being edited. After a change only the hosts that read a changed file
 * are evaluated again; the others keep their results. What it answers is always about the current texts.
 */
export class LiveAnalysis {
  private readonly workspace: DiskWorkspace;
  private readonly results = new Map<string, CheckedHost | UncheckedHost>();
  private references: readonly HostReference[] = [];
  private problems: readonly DiscoveryProblem[] = [];
  /** Files that finding the hosts has read; undefined: not found yet. */
  private discoveryFiles: ReadonlySet<string> | undefined;
  private readonly changed = new Set<string>();
  private last: Analysis | undefined;

  constructor(workspace: DiskWorkspace) {
    this.workspace = workspace;
  }

  /** An editor shows a new text for a file. */
  update(file: string, text: string): void {
    const isNew = this.workspace.files.kind(file) === undefined;
    this.workspace.openDocument(file, text);
    if (isNew) this.reset();
    this.changed.add(file);
    this.last = undefined;
  }

  /** An editor closed the file; what is on disk counts again. */
  close(file: string): void {
    const shown = this.workspace.find(file)?.text;
    this.workspace.closeDocument(file);
    if (this.workspace.find(file)?.text !== shown) this.changed.add(file);
    this.last = undefined;
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.workspace.refresh();
    this.reset();
  }

  /** The analysis of the current texts; computed when there is none. */
  current(): Analysis {
    if (!this.last) {
      this.discover();
      for (const reference of this.references) {
        const key = keyOf(reference);
        const known = this.results.get(key);
        if (!known || this.isStale(known)) this.results.set(key, analyseHost(this.workspace, reference));
      }
      this.changed.clear();
      const results = this.references.flatMap((reference) => this.results.get(keyOf(reference)) ?? []);
      this.last = combine(this.workspace, results, this.problems);
    }
    return this.last;
  }

  private reset(): void {
    this.discoveryFiles = undefined;
    this.results.clear();
    this.last = undefined;
  }

  private discover(): void {
    const known = this.discoveryFiles;
    if (known && ![...this.changed].some((file) => known.has(file))) return;
    const found = discoverHosts(this.workspace);
    this.references = found.hosts;
    this.problems = found.problems;
    this.discoveryFiles = found.files;
    const keys = new Set(found.hosts.map(keyOf));
    for (const key of this.results.keys()) if (!keys.has(key)) this.results.delete(key);
  }

  private isStale(result: CheckedHost | UncheckedHost): boolean {
    if (!("host" in result)) return true;
    for (const file of this.changed) if (result.files.has(file)) return true;
    return false;
  }
}

function keyOf(reference: HostReference): string {
  return `${reference.entry} ${reference.name}`;
}
