import { isAtOrBelow } from "../../host/paths.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A tmpfiles rule that empties, at every boot, what is meant to be kept. */
export const emptiedByTmpfiles = defineRule({
  code: "IMP425",
  name: "emptied-by-tmpfiles",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const stores = host.stores.filter(({ enabled, path }) => enabled.answer === "yes" && path.known);
    if (stores.length === 0) return;
    for (const { type, path, place } of tmpfilesRules(host)) {
      // R and r are for leftovers, and with `!` they are meant for the boot alone: people know what they delete.
      if (!/^D/.test(type)) continue;
      const store = stores.find((one) => one.path.known && isAtOrBelow(path, one.path.value));
      const { persisted, survives } = host.fateOf(path);
      if (!store && (!persisted || survives.answer !== "yes" || persisted.kind !== "directory")) continue;
      report({
        at: place,
        message: `\`${type} ${path}\` empties the directory at every boot (systemd-tmpfiles --remove), and it is ${store ? `in the store \`${store.name}\`` : `persisted through \`${persisted?.path}\``}: what is kept there is deleted at each start.`,
        help: "Write `d`: it makes the directory when it is missing, and leaves alone what is in it.",
        related: [{ place: persisted?.place ?? store?.place, message: "kept by this" }],
      });
    }
  },
});
