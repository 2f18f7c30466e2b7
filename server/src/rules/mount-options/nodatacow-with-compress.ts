import { mergeEdits } from "../../edits/combine-plans.ts";
import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** btrfs cannot compress what it does not copy on write: of the two options the last one wins. */
export const nodatacowWithCompress = defineRule({
  code: "IMP103",
  name: "nodatacow-with-compress",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "btrfs") continue;
      const options = splitOptions(fs.options).filter(({ certain }) => certain);
      const last = options.findLast(({ text }) => text === "nodatacow" || text === "nodatasum");
      const nocow = options.findLast(({ text }) => text === "nodatacow") ?? last;
      const compress = options.findLast(({ text }) => /^compress(-force)?(=|$)/.test(text));
      if (!nocow || !last || !compress || /=(no|none)$/.test(compress.text)) continue;
      const nocowWins = options.indexOf(last) > options.indexOf(compress);
      const [winner, loser] = nocowWins ? [nocow, compress] : [compress, nocow];
      context.report({
        at: loser.place ?? winner.place ?? fs.place,
        message: `\`${nocow.text}\` and \`${optionKey(compress.text)}\` exclude each other on \`${fs.mountpoint}\`. The last one wins, so \`${loser.text}\` is dropped: ${nocowWins ? "nothing is compressed" : "the data stays copy-on-write"}.`,
        help: `Keep the one you want. Removing \`${loser.text}\` leaves the mount as it is today.`,
        related: [{ place: winner.place, message: `\`${winner.text}\` comes last and wins` }],
        fixes: () => {
          // The same option may be written twice, for disko and for fileSystems.
          const same = options.filter(({ text }) => text === loser.text);
          const removals = same.map(({ whole, place }) => (whole ? removeElementAt(context, place) : undefined));
          if (removals.some((edits) => edits === undefined)) return [];
          const title = `Remove \`${loser.text}\`, which has no effect`;
          return offer(mergeEdits(...removals), { title, safety: "safe" });
        },
      });
    }
  },
});
