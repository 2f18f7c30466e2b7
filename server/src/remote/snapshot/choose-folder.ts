import type { FactsJson } from "../../report/schema.ts";
import { type Filesystem, type HostFilesystems, subvolumeAround } from "../filesystems.ts";
import { livePath } from "../live-paths.ts";
import { snapshotName } from "../snapshot-names.ts";
import { isOnWipedRoot } from "./choose-subvolumes.ts";

export type FolderChoice =
  | {
      readonly ok: true;
      /** From the toplevel of the filesystem; empty for the toplevel itself. */
      readonly path: string;
      /** Completes “into PATH, …”. */
      readonly because: string;
    }
  | { readonly ok: false; readonly why: string };

const SNAPSHOTS = /(?:^|\/)[@_.]*snapshots?$/;

/** The folder of one filesystem that snapshots go to: the one that is named, or the one that is used for it already. */
export function chooseFolder(
  host: HostFilesystems,
  filesystem: Filesystem,
  named: string | undefined,
  facts: FactsJson | undefined,
): FolderChoice {
  if (named !== undefined) {
    const path = named.startsWith("/") ? placeIn(host, filesystem, named) : named.replace(/\/+$/, "");
    if (path === undefined)
      return { ok: false, why: `${named} is on another filesystem; a snapshot stays in the filesystem it is taken of` };
    return checked(host, filesystem, facts, path, "as you say");
  }
  const why: string[] = [];
  for (const [path, because] of candidates(host, filesystem, facts)) {
    const choice = checked(host, filesystem, facts, path, because);
    if (choice.ok) return choice;
    why.push(choice.why);
  }
  return { ok: false, why: why[0] ?? "there is no folder for snapshots; name one with --to" };
}

function* candidates(
  host: HostFilesystems,
  filesystem: Filesystem,
  facts: FactsJson | undefined,
): Generator<readonly [path: string, because: string]> {
  const newest = filesystem.subvolumes
    .filter(({ path, readOnly }) => readOnly && snapshotName(path)?.naming === "timestamp")
    .reduce<{ path: string; createdGeneration: number } | undefined>(
      (best, one) => (best && best.createdGeneration >= one.createdGeneration ? best : one),
      undefined,
    );
  if (newest) yield [newest.path.split("/").slice(0, -1).join("/"), `where ${newest.path} is`];
  for (const { directory } of facts?.snapshotJobs ?? []) {
    const path = directory === null ? undefined : placeIn(host, filesystem, directory);
    if (path !== undefined) yield [path, "as the configuration says"];
  }
  for (const { mountPoint } of filesystem.mounts) {
    const path = SNAPSHOTS.test(mountPoint) ? placeIn(host, filesystem, mountPoint) : undefined;
    if (path !== undefined) yield [path, `which is mounted at ${mountPoint}`];
  }
  const depth = (path: string) => path.split("/").length;
  const subvolumes = filesystem.subvolumes.filter(({ path, readOnly }) => !readOnly && SNAPSHOTS.test(path));
  for (const { path } of subvolumes.sort((a, b) => depth(a.path) - depth(b.path))) yield [path, "by its name"];
}

/** Absolute paths of the host as paths from the toplevel of the filesystem. */
function placeIn(host: HostFilesystems, filesystem: Filesystem, path: string): string | undefined {
  const live = livePath(host, path);
  return live?.filesystem === filesystem ? live.path : undefined;
}

function checked(
  host: HostFilesystems,
  filesystem: Filesystem,
  facts: FactsJson | undefined,
  path: string,
  because: string,
): FolderChoice {
  const around = subvolumeAround(path, filesystem.subvolumes);
  const shown = path === "" ? "the toplevel" : path;
  if (path.split("/").includes("..")) return { ok: false, why: `${path} is not a plain path` };
  if (/\uFFFD/.test(path)) return { ok: false, why: `the name ${path} is not in UTF-8; name another folder with --to` };
  if (around?.readOnly) return { ok: false, why: `${shown} is in a read-only subvolume` };
  if (isOnWipedRoot(host, filesystem, path, facts))
    return {
      ok: false,
      why: `${shown} is inside the root, which is replaced at boot: snapshots there would be lost, and would block the wipe. Mount a subvolume for them, or name a folder with --to`,
    };
  return { ok: true, path, because };
}
