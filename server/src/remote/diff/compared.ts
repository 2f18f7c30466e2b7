import type { Change } from "../../btrfs/changes.ts";
import { comparePaths } from "../../btrfs/compare-paths.ts";
import { compareManifests, type ManifestEntry } from "../../btrfs/manifest.ts";
import type { BytePath } from "../../btrfs/paths.ts";
import { SEND_DIFF_LIMITS } from "../../btrfs/send-diff.ts";
import { complaint } from "../refusal-words.ts";
import { TransportError } from "../transport-error.ts";
import type { Collector } from "./collect.ts";

/** Two trees, compared. */
export interface Compared {
  readonly engine: "send" | "lists";
  /** Why it was this engine, in words. */
  readonly why: string;
  readonly changes: readonly Change[];
  /** What only the times changed of. Lists do not tell. */
  readonly timesOnly: readonly BytePath[];
  /** Entries of the tree that ALSO names, when there is one. */
  readonly also: readonly ManifestEntry[] | undefined;
  /** What could not be read, in the words of the host; then the answer is a part. */
  readonly unread: readonly string[];
  /** What this engine cannot see. */
  readonly limits: readonly string[];
  /** What was found of earlier comparisons. */
  readonly swept: Collector["swept"];
}

const PATH_LIMIT = "Entries are compared by path, so what was renamed is shown as deleted and new.";
const LIST_LIMITS = ["Extended attributes of directories, and what only a read changed, are not seen."];

/** What a host sent, compared. `related`: whether an object has the same inode number in both trees. */
export function comparedOf(
  found: Collector,
  { hasBase, related }: { readonly hasBase: boolean; readonly related: boolean },
): Compared {
  const list = (name: string) => found.walks.get(name)?.reader.finish();
  const also = list("also");
  const { swept } = found;
  if (found.send) {
    const changes = found.send.changes();
    const timesOnly = found.send.timesOnly();
    const why = "a stream of btrfs send names what changed";
    return { engine: "send", why, changes, timesOnly, also, unread: [], limits: SEND_DIFF_LIMITS, swept };
  }
  const both = found.walks.get("both");
  const before = hasBase ? list(both ? "both" : "base") : [];
  const now = both ? both.reader.others : list("now");
  if (!now || !before) throw new TransportError("EPROTOCOL", "The host did not list what it was asked for.");
  const byInode = related || !hasBase;
  const compare = byInode ? compareManifests : comparePaths;
  const unread = [...found.walks.values()].flatMap(({ said }) => (said === "" ? [] : said.split("\n")));
  const changes = compare(before, now);
  const why = whyLists(found, hasBase);
  const limits = byInode ? LIST_LIMITS : [PATH_LIMIT, ...LIST_LIMITS];
  return { engine: "lists", why, changes, timesOnly: [], also, unread, limits, swept };
}

function whyLists({ lists }: Collector, hasBase: boolean): string {
  const said = lists?.said ? ` (${complaint(lists.said)})` : "";
  switch (lists?.reason) {
    case "few":
      return "the baseline is nearly empty, so files are compared one by one";
    case "slower":
      return "comparing files one by one was done before the stream of btrfs send";
    case "too-many":
      return "btrfs send was stopped at 8 MiB, as so much changed, and files are compared one by one";
    case "no-snapshot":
      return `no temporary snapshot could be made${said}, so files are compared one by one`;
    case "no-stream":
      return `btrfs send failed${said}, so files are compared one by one`;
  }
  return hasBase ? "files are compared one by one" : "there is nothing to compare with, so everything is listed";
}
