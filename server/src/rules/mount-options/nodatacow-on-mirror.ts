import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { readBoolean, readTexts } from "../../host/read-values.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { btrfsDevices, splitOptions } from "../reading/btrfs-mounts.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

/** A mirror of btrfs that is mounted without checksums, so that nobody can tell which of two copies is right. */
export const nodatacowOnMirror = defineRule({
  code: "IMP119",
  name: "nodatacow-on-mirror",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const { device, mounts } of btrfsDevices(context.host)) {
      // Where some mounts have it and others have not, that is the mistake.
      const tokens = mounts.map(tokenOf);
      const token = tokens[0];
      if (!token || tokens.includes(undefined)) continue;
      const kind = redundancy(context.host, device, mounts);
      if (!kind) continue;
      const points = mounts
        .map(({ mountpoint }) => `\`${mountpoint}\``)
        .slice(0, 2)
        .join(" and ");
      context.report({
        at: token.place ?? mounts[0]?.place,
        message: `\`${token.text}\` turns checksums off for all that is written to ${points}, and ${kind.words}. Without them btrfs does not notice a block that went bad: it is handed out as it is, even where another copy is right, and a scrub finds nothing wrong in any file.`,
        help: `Remove \`${token.text}\`. For a directory with databases or disk images, mark that one while it is empty: systemd.tmpfiles.rules = [ "h DIRECTORY - - - - +C" ];`,
        related: kind.place ? [{ place: kind.place, message: kind.says }] : [],
        fixes: () =>
          offer(token.whole ? removeElementAt(context, token.place) : undefined, {
            title: `Remove \`${token.text}\` from the mount options`,
            safety: "unsafe",
            note: "Files that exist already stay without checksums until they are copied.",
          }),
      });
    }
  },
});

function tokenOf({ options, optionsOpen }: FileSystem) {
  const split = splitOptions(options).filter(({ certain }) => certain);
  const last = split.findLast(({ text }) => /^(nodatacow|nodatasum|datacow|datasum)$/.test(text));
  return optionsOpen === undefined && last && /^no/.test(last.text) ? last : undefined;
}

interface Redundancy {
  readonly words: string;
  readonly says: string;
  readonly place: FileSystem["place"];
}

/** What says that there are copies, or that they are to be compared. */
function redundancy(host: Host, device: string, mounts: readonly FileSystem[]): Redundancy | undefined {
  for (const { type, node, device: own, certain } of diskoContents(host.config)) {
    if (type !== "btrfs" || certain.answer !== "yes" || !own.known || !isSameDevice(device, own.value, undefined))
      continue;
    const { texts } = readTexts(node.child("extraArgs"));
    const args = texts.map(({ text }) => text).join(" ");
    const profile = /(?:^|\s)(?:-d|--data)[\s=]*(raid1\w*|raid10|dup)\b/.exec(args)?.[1];
    if (profile)
      return { words: `its data is kept twice (\`${profile}\`)`, says: "made as a mirror", place: texts[0]?.place };
  }
  const members = new Set(
    mounts.flatMap(({ options }) => splitOptions(options).flatMap(({ text }) => /^device=(.+)$/.exec(text)?.[1] ?? [])),
  );
  const scrub = host.config.at("services", "btrfs", "autoScrub");
  const enabled = scrub.child("enable").isDefined() === false ? undefined : readBoolean(scrub.child("enable"));
  const list = readTexts(scrub.child("fileSystems"));
  const isScrubbed =
    enabled?.known === true &&
    enabled.value &&
    (list.texts.length === 0
      ? list.open.length === 0
      : list.texts.some(({ text }) => mounts.some(({ mountpoint }) => mountpoint === text)));
  members.delete(device);
  return members.size > 0 && isScrubbed
    ? { words: "it consists of several disks that are scrubbed", says: "scrubbed", place: enabled.place }
    : undefined;
}
