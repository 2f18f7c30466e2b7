import { isStoring, STORING, storageDirectories } from "../reading/loki-storage.ts";
import { defineRule } from "../rule.ts";

/** Loki, Tempo or Mimir keep their data in a /tmp of their own, which ends with the service. */
export const dataInPrivateTmp = defineRule({
  code: "IMP440",
  name: "data-in-private-tmp",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { enable, settings } of STORING) {
      if (!isStoring(host, enable)) continue;
      const named = storageDirectories(host, settings);
      const inTmp = named.filter(({ text }) => /^\/(var\/)?tmp(\/|$)/.test(text));
      const [first, ...others] = inTmp;
      if (!first) continue;
      // Below the prefix lies what has no directory of its own.
      const isPart = inTmp.every(({ option }) => option.at(-1) === "path_prefix") && inTmp.length < named.length;
      report({
        at: first.place,
        message: `\`${enable}\` keeps ${isPart ? "what has no directory of its own, such as its index and what it has not written out yet," : "its data"} in \`${first.text}\`, and NixOS gives the service a /tmp of its own (PrivateTmp): systemd deletes all of it whenever the service stops, not only at a reboot.`,
        help: `Write a directory below /var/lib/${settings[1]}, as NixOS makes it for the service, and see to it that it is kept.`,
        related: others.slice(0, 3).map(({ text, place }) => ({ place, message: `\`${text}\` as well` })),
      });
    }
  },
});
