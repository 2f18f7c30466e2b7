import { z } from "zod";
import type { Change } from "../../btrfs/changes.ts";
import { comparePaths } from "../../btrfs/compare-paths.ts";
import { compareManifests, type ManifestEntry } from "../../btrfs/manifest.ts";
import type { BytePath } from "../../btrfs/paths.ts";
import { SEND_DIFF_LIMITS } from "../../btrfs/send-diff.ts";
import type { RemoteSession } from "../remote-command.ts";
import diffFolder from "../scripts/diff-folder.sh";
import diffSubvolumes from "../scripts/diff-subvolumes.sh";
import temporarySnapshot from "../scripts/temporary-snapshot.sh";
import walk from "../scripts/walk.sh";
import { TransportError } from "../transport-error.ts";
import type { Verb } from "../verb.ts";
import { Collector, reading } from "./collect.ts";

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
}

/** Subvolumes of one btrfs filesystem by their ids. */
export interface SubvolumePair {
  readonly device: string;
  readonly now: number;
  readonly base: number | undefined;
  readonly also?: number;
  /** Whether an object has the same inode number in both. */
  readonly related: boolean;
  /** Lists are asked for whatever a stream would cost. */
  readonly listsOnly: boolean;
}

const nothing = (name: string, scripts: readonly string[]): Verb<null> => ({
  name,
  scripts,
  schema: z.null(),
  read: () => null,
});
const subvolumesVerb = nothing("diff", [walk, temporarySnapshot, diffSubvolumes]);
const folderVerb = nothing("diff", [walk, diffFolder]);
/** A cold walk over half a million files takes a quarter of a minute on a good disk. */
const LIMIT = 600_000;
const LIST_LIMITS = ["Extended attributes of directories, and what only a read changed, are not seen."];

/** Compares two subvolumes on the host. */
export async function compareSubvolumes(host: string, session: RemoteSession, pair: SubvolumePair): Promise<Compared> {
  const way = pair.base !== undefined && pair.related && !pair.listsOnly ? "send" : "lists";
  const args = [pair.device, way, String(pair.now), String(pair.base ?? 0), String(pair.also ?? 0)];
  const found = await collect(host, session, subvolumesVerb, args);
  return reading(host, () => comparedOf(found, pair));
}

/** Lists the first of some folders that is on the host, without what is mounted below it, against another one or against nothing. */
export async function compareFolder(
  host: string,
  session: RemoteSession,
  {
    folders,
    base,
    related,
  }: { readonly folders: readonly string[]; readonly base: string | undefined; readonly related: boolean },
): Promise<Compared> {
  const found = await collect(host, session, folderVerb, [base ?? "", ...folders]);
  return reading(host, () => comparedOf(found, { base: base === undefined ? undefined : 1, related }));
}

async function collect(
  host: string,
  session: RemoteSession,
  verb: Verb<null>,
  args: readonly string[],
): Promise<Collector> {
  const collector = new Collector((bytes) => session.progress(`${(bytes / 2 ** 20).toFixed(1)} MiB read`));
  const { onRecord, onStream } = collector;
  await reading(host, () => session.call(verb, { args, limit: LIMIT, onRecord, onStream }));
  if (collector.refused) throw refusal(host, collector.refused);
  return collector;
}

function comparedOf(
  found: Collector,
  { base, related }: Pick<SubvolumePair, "related"> & { base: number | undefined },
): Compared {
  const list = (name: string) => found.walks.get(name)?.reader.finish();
  const also = list("also");
  if (found.send) {
    const changes = found.send.changes();
    const timesOnly = found.send.timesOnly();
    const why = "a stream of btrfs send names what changed";
    return { engine: "send", why, changes, timesOnly, also, unread: [], limits: SEND_DIFF_LIMITS };
  }
  const both = found.walks.get("both");
  const before = base === undefined ? [] : list(both ? "both" : "base");
  const now = both ? both.reader.others : list("now");
  if (!now || !before) throw new TransportError("EPROTOCOL", "The host did not list what it was asked for.");
  const compare = related || base === undefined ? compareManifests : comparePaths;
  const unread = [...found.walks.values()].flatMap(({ said }) => (said === "" ? [] : said.split("\n")));
  const changes = compare(before, now);
  return { engine: "lists", why: whyLists(found, base), changes, timesOnly: [], also, unread, limits: LIST_LIMITS };
}

function whyLists({ lists }: Collector, base: number | undefined): string {
  const said = lists?.said ? ` (${lists.said.trim()})` : "";
  switch (lists?.reason) {
    case "few":
      return "the baseline is nearly empty, so files are compared one by one";
    case "slower":
      return "comparing files one by one was done before the stream of btrfs send";
    case "too-many":
      return "btrfs send was stopped at 8 MiB or 10 seconds, as so much changed, and files are compared one by one";
    case "no-snapshot":
      return `no temporary snapshot could be made${said}, so files are compared one by one`;
    case "no-stream":
      return `btrfs send failed${said}, so files are compared one by one`;
  }
  return base === undefined
    ? "there is nothing to compare with, so everything is listed"
    : "files are compared one by one";
}

/** Why a script ended before it did anything, as a sentence. */
export function refusal(
  host: string,
  { reason, text }: { readonly reason: string; readonly text: string },
): TransportError {
  const sentence: Readonly<Record<string, string>> = {
    "no-root": `Only root can do this on ${host}, and the account may not use sudo without a password.`,
    "no-btrfs": `The btrfs command (btrfs-progs) is not found on ${host}.`,
    "no-find": `find on ${host} knows no -printf. GNU find (findutils) is needed to list files exactly.`,
    "no-mount": `${host} cannot mount what is to be compared: ${text}`,
    "no-folder": `There is no folder ${text} on ${host}.`,
    "no-read": `The file cannot be read on ${host}: ${text}`,
    link: `${text.replace(/^\./, "")} is a symbolic link, which leads out of the snapshot. Name the file by its real path.`,
    changed: `The subvolume ${text} is not there any more on ${host}. Ask again.`,
  };
  return new TransportError("ECANNOT", sentence[reason] ?? `${host} refuses: ${reason} ${text}`.trim());
}
