import { isAtOrBelow } from "../../host/paths.ts";
import { isMade } from "../reading/data-paths.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A tmpfiles rule that empties, at every boot or by age, what is meant to be kept. */
export const emptiedByTmpfiles = defineRule({
  code: "IMP425",
  name: "emptied-by-tmpfiles",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const stores = host.stores.filter(({ enabled, path }) => enabled.answer === "yes" && path.known);
    if (stores.length === 0) return;
    for (const { type, path, place, age } of tmpfilesRules(host)) {
      const isAged =
        age !== undefined &&
        age !== "0" &&
        /^[dvqQe]/.test(type) &&
        !isMade(path) &&
        !isAtOrBelow(path, "/var/lib/systemd");
      // R and r are for leftovers, and with `!` they are meant for the boot alone: people know what they delete.
      if (!/^D/.test(type) && !isAged) continue;
      const store = stores.find((one) => one.path.known && isAtOrBelow(path, one.path.value));
      const { persisted, survives } = host.fateOf(path);
      if (!store && (!persisted || survives.answer !== "yes" || persisted.kind !== "directory")) continue;
      if (isAged) {
        report({
          at: place,
          severity: "information",
          message: `\`${type} ${path}\` has the age \`${age}\`: systemd-tmpfiles-clean deletes every day what was not touched for so long, and the directory is ${store ? `in the store \`${store.name}\`` : `persisted through \`${persisted?.path}\``}.`,
          help: "Write `-` for the age, unless what is kept there may go after that time.",
          related: [{ place: persisted?.place ?? store?.place, message: "kept by this" }],
        });
        continue;
      }
      report({
        at: place,
        message: `\`${type} ${path}\` empties the directory at every boot (systemd-tmpfiles --remove), and it is ${store ? `in the store \`${store.name}\`` : `persisted through \`${persisted?.path}\``}: what is kept there is deleted at each start.`,
        help: "Write `d`: it makes the directory when it is missing, and leaves alone what is in it.",
        related: [{ place: persisted?.place ?? store?.place, message: "kept by this" }],
      });
    }
  },
});
