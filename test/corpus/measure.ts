import { analyseWorkspace } from "../../server/src/ide/analysis.ts";
import { loadBundledParser } from "../../server/src/platform/node.ts";
import { DiskWorkspace } from "../../server/src/workspace/disk-workspace.ts";
import { type Need, needsOf } from "./needs.ts";
import { type Unresolved, unresolved } from "./resolution.ts";

/** How well one host of a repository is known. */
export interface HostMeasure {
  readonly name: string;
  readonly entry: string;
  readonly impermanent: boolean;
  /** resolved: nothing unknown in stores, filesystems and root; partly: something is; not: it could not be evaluated. */
  readonly state: "resolved" | "partly" | "not";
  readonly unresolved: readonly Unresolved[];
  /** Whether it declares stores. */
  readonly persists: boolean;
  /** What it would take to resolve it. */
  readonly needs: { readonly need: Need; readonly why: string } | undefined;
  /** Paths in its stores, for reading by eye. */
  readonly persisted: number;
}

export interface RepositoryMeasure {
  readonly files: number;
  readonly hosts: readonly HostMeasure[];
  /** Entries whose hosts could not be listed. */
  readonly problems: readonly { readonly entry: string; readonly why: string }[];
  readonly findings: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly megabytes: number;
}

/** Analyses one folder and tells how much of it is known. */
export async function measure(folder: string): Promise<RepositoryMeasure> {
  const start = process.cpuUsage();
  const workspace = new DiskWorkspace(await loadBundledParser(), [folder]);
  const analysis = analyseWorkspace(workspace);
  const hosts = analysis.hosts.map(({ host, reference }): HostMeasure => {
    const open = unresolved(host).map(({ what, why }) => ({ what, why: within(folder, why) }));
    return {
      name: reference.name,
      entry: relative(folder, reference.entry),
      impermanent: host.isImpermanent,
      state: open.length === 0 ? "resolved" : "partly",
      unresolved: open,
      persists: host.stores.length > 0,
      needs: needsOf(open.map(({ why }) => why)),
      persisted: host.stores.reduce((sum, store) => sum + store.directories.length + store.files.length, 0),
    };
  });
  const unchecked = analysis.unchecked.map(
    ({ reference, why }): HostMeasure => ({
      name: reference.name,
      entry: relative(folder, reference.entry),
      impermanent: false,
      state: "not",
      unresolved: [{ what: "host", why: within(folder, why) }],
      persists: false,
      needs: needsOf([within(folder, why)]),
      persisted: 0,
    }),
  );
  const findings: Record<string, number> = {};
  for (const { code } of analysis.findings) findings[code] = (findings[code] ?? 0) + 1;
  const used = process.cpuUsage(start);
  return {
    files: workspace.nixFiles.length,
    hosts: [...hosts, ...unchecked],
    problems: analysis.problems.map(({ entry, why }) => ({ entry: relative(folder, entry), why: within(folder, why) })),
    findings: Object.fromEntries(Object.entries(findings).sort()),
    seconds: (used.user + used.system) / 1e6,
    megabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}

/** A reason that names files as they are named inside of the repository, wherever that lies. */
function within(folder: string, why: string): string {
  return why.replaceAll(`${folder}/`, "");
}

function relative(folder: string, file: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

const [, , folder] = process.argv;
if (folder) process.stdout.write(JSON.stringify(await measure(folder)));
