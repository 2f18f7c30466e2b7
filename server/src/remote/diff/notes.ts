import { hasOtherSnapshots } from "../mounts.ts";
import { shown } from "../outputs.ts";
import { complaint } from "../refusal-words.ts";
import type { ConfiguredHost } from "../remote-command.ts";
import { isArchived, looksWiped } from "./baseline.ts";
import type { Compared } from "./compared.ts";
import type { Diff } from "./diff-schema.ts";
import type { HostFacts } from "./host-facts.ts";

const MOST_UNREAD = 5;

/** What has to be known before the rows are believed. */
export function notesOn(
  { root, rootId, subvolumes, asRoot }: HostFacts,
  configured: ConfiguredHost | undefined,
  { unread, swept }: Compared,
  question: Diff["question"],
): string[] {
  const notes: string[] = [];
  if (!asRoot)
    notes.push(
      "This is a part: without root, directories of others cannot be read, and nothing is compared with a snapshot.",
    );
  for (const line of unread.slice(0, MOST_UNREAD)) notes.push(`The host says: ${shown(line)}`);
  if (unread.length > MOST_UNREAD) notes.push(`The host says ${unread.length - MOST_UNREAD} more lines like these.`);
  if (swept) notes.push(...notesOnSwept(swept));
  if (question !== "next-reboot") return notes;
  if (root && isArchived(root.root))
    notes.push(`The system runs on ${root.root}, an archived root: the wipe went wrong. The command status says more.`);
  if (rootId === 5)
    notes.push(
      "/ is the toplevel of its filesystem (subvolid=5), which no boot can put a snapshot in the place of: unless a boot deletes files one by one, none of this is lost.",
    );
  const list = "why" in subvolumes ? [] : subvolumes;
  const isWiped = looksWiped(list);
  const kind = configured?.facts.ephemeralRoot.kind;
  if (kind === "none") notes.push("By the configuration nothing empties / at boot: then none of this is lost.");
  else if (kind === undefined && root && (hasOtherSnapshots(root) || (root.type === "btrfs" && asRoot && !isWiped)))
    notes.push("Nothing here shows that / is emptied at boot. If it is not, none of this is lost.");
  if (root?.type === "overlay")
    notes.push("Whether a reboot empties the upper directory of the overlay depends on where it lies.");
  if (root && hasOtherSnapshots(root))
    notes.push(
      `What is in the blank snapshot of ${root.type} is not looked at: without --baseline all files of / are shown.`,
    );
  return notes;
}

/** The host was cut off in the middle of an earlier comparison, by a crash mostly. */
function notesOnSwept({ gone, stay, said }: NonNullable<Compared["swept"]>): string[] {
  const left = (count: number) =>
    count === 1
      ? "A temporary snapshot of a diff that was cut off was found on the host"
      : `${count} temporary snapshots of diffs that were cut off were found on the host`;
  return [
    ...(gone > 0 ? [`${left(gone)}, and removed.`] : []),
    ...(stay > 0
      ? [`${left(stay)}, and cannot be removed (${shown(complaint(said))}): they take space in .impermanence-tmp.`]
      : []),
  ];
}
