import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { defineRule } from "../rule.ts";

/** Two `subvol=` for one mountpoint: the last wins, and which is last depends on the order of imports. */
export const repeatedSubvolOption = defineRule({
  code: "IMP107",
  name: "repeated-subvol-option",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      const options = fs.subvolumeOptions.filter(({ certain }) => certain);
      // `subvol=/` and `subvolid=5` may name the same thing; only two of one kind contradict each other for sure.
      const contradict = ["subvol", "subvolid"].some((kind) => {
        const values = options
          .filter(({ text }) => text.startsWith(`${kind}=`))
          .map(({ text }) => text.replace(/=\/?/, "="));
        return new Set(values).size > 1;
      });
      if (!contradict) continue;
      const last = options.at(-1);
      const written = options.findLast(({ place }) => place !== undefined);
      const disko = options.some(({ from }) => from === "disko" || from === "derived") && fs.disko !== undefined;
      // Of one list of disko's the order is settled: it writes its own behind those of the author.
      const isSettled = disko && options.every(({ from }) => from === "disko" || from === "derived");
      const order = isSettled
        ? `disko writes its own behind yours, so that yours is without effect.`
        : "another import order would mount the other subvolume.";
      context.report({
        at: written?.place ?? fs.place,
        ...(isSettled ? { severity: "warning" } : {}),
        message: `\`${fs.mountpoint}\` is told to mount ${options.map(({ text }) => `\`${text}\``).join(" and ")}. Mount takes the last one, here \`${last?.text}\`; ${order}`,
        help: disko
          ? "disko writes `subvol=` itself: remove yours, or replace the whole list with lib.mkForce."
          : "Keep one of them; to replace options of another module use lib.mkForce.",
        related: options
          .filter((option) => option !== written)
          .map((option) => ({ place: option.place ?? fs.disko?.place, message: `\`${option.text}\` comes from here` })),
        fixes: () =>
          disko && written
            ? offer(removeElementAt(context, written.place), {
                title: `Remove \`${written.text}\`; disko mounts \`${fs.disko?.name}\` here`,
                safety: "unsafe",
              })
            : [],
      });
    }
  },
});
