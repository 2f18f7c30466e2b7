import { mergeEdits } from "../../edits/combine-plans.ts";
import { offer } from "../../edits/fix-plan.ts";
import type { FileEdits } from "../../edits/option-edit.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { addNocowDirectory } from "../../edits/tmpfiles-edit.ts";
import type { FileSystem, MountOption } from "../../host/host.ts";
import { btrfsDevices, splitOptions } from "../reading/btrfs-mounts.ts";
import { isNocow } from "../reading/nocow.ts";
import { swapFiles } from "../reading/swap-files.ts";
import { defineRule, type RuleContext } from "../rule.ts";

const TOKENS = ["nodatacow", "nodatasum"];

/** `nodatacow` is one setting of the whole btrfs filesystem: on one subvolume it does nothing, or too much. */
export const ineffectiveNodatacow = defineRule({
  code: "IMP101",
  name: "ineffective-nodatacow",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const ofSwap = new Set(swapFiles(context.host).map(({ path }) => context.host.fileSystemAt(path)?.mountpoint));
    for (const { device, mounts } of btrfsDevices(context.host)) {
      const [first] = mounts;
      const plain = mounts.filter((fs) => tokensOf(fs).length === 0 && fs.optionsOpen === undefined);
      if (!first || plain.length === 0) continue;
      for (const fs of mounts) {
        const tokens = tokensOf(fs);
        const token = tokens.find(({ place }) => place) ?? tokens[0];
        if (!token) continue;
        const isFirst = fs === first;
        // Behind a first mount that has the option too it does work, for better or worse.
        if (!isFirst && !plain.includes(first)) continue;
        const other = isFirst ? plain[0] : first;
        // NixOS and disko make swap files NOCOW by themselves, so that nothing is missing there.
        const isForSwap = !isFirst && fs.mountpoint !== "/" && ofSwap.has(fs.mountpoint);
        context.report({
          at: token.place ?? fs.place,
          ...(isForSwap ? { severity: "information" } : {}),
          message: isFirst
            ? `\`${token.text}\` on \`${fs.mountpoint}\` turns copy-on-write and checksums off for all of ${device}, \`${other?.mountpoint}\` included: btrfs has one such setting for a whole filesystem, and \`${fs.mountpoint}\` is mounted first.`
            : `\`${token.text}\` has no effect on \`${fs.mountpoint}\`: \`${first.mountpoint}\` of the same btrfs filesystem is mounted first without it, and the first mount decides for all subvolumes. ${isForSwap ? "The swap file does not need it, as it is made without copy-on-write" : "The data stays copy-on-write"}.`,
          help: isForSwap
            ? "Remove it from the mount options."
            : `Remove it from the mount options. To have one directory without copy-on-write, mark it while it is empty: systemd.tmpfiles.rules = [ "h ${fs.mountpoint} - - - - +C" ];`,
          related: [{ place: other?.place, message: `\`${other?.mountpoint}\` is mounted without it` }],
          fixes: () => fixes(context, fs, tokens, isFirst),
        });
      }
    }
  },
});

function tokensOf(fs: FileSystem): readonly (MountOption & { readonly whole: boolean })[] {
  return splitOptions(fs.options).filter(({ text, certain }) => certain && TOKENS.includes(text));
}

function fixes(context: RuleContext, fs: FileSystem, tokens: ReturnType<typeof tokensOf>, isFirst: boolean) {
  const removals = tokens.map((token) => (token.whole ? removeElementAt(context, token.place) : undefined));
  if (removals.some((removal) => !removal)) return [];
  const removed = mergeEdits(...removals) as FileEdits;
  const note =
    "Files that exist already keep copy-on-write. To change them: stop the service, move the directory aside, create it anew, mark it with `chattr +C`, copy the files back.";
  const marked = isNocow(context.host, fs.mountpoint)
    ? undefined
    : addNocowDirectory(context, { path: fs.mountpoint, exists: true }, tokens[0]?.place?.file);
  const names = [...new Set(tokens.map(({ text }) => `\`${text}\``))].join(" and ");
  return [
    ...(marked && !isFirst
      ? offer(mergeEdits(removed, marked), {
          title: `Replace ${names} by a tmpfiles rule that marks \`${fs.mountpoint}\` NOCOW`,
          safety: "unsafe",
          preferred: true,
          note,
        })
      : []),
    ...offer(removed, {
      title: `Remove ${names} from the mount options of \`${fs.mountpoint}\``,
      safety: isFirst ? "unsafe" : "safe",
    }),
  ];
}
