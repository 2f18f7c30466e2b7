import { offer } from "../../edits/fix-plan.ts";
import { giveMode } from "../../edits/persisted-entry-edit.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Files that hold a private key. */
const KEYS = [
  /^\/etc\/ssh\/ssh_host_[a-z0-9]+_key$/,
  /\/\.ssh\/(id_[a-z0-9]+|identity)$/,
  /\/sops(-nix)?\/(age\/)?keys?\.txt$/,
  /\/(age|wireguard|wg)[^/]*\/[^/]*(private|key)[^/]*$/,
  /\.(key|privkey)$/,
];

/** preservation gives files the mode 0644 at every boot, unless told otherwise. */
export const readablePrivateFile = defineRule({
  code: "IMP418",
  name: "readable-private-file",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      if (entry.store.module !== "preservation" || entry.kind !== "file" || entry.linked) continue;
      if (entry.path.endsWith(".pub") || !KEYS.some((key) => key.test(entry.path))) continue;
      if (entry.mode && (!entry.mode.known || !/[4567]$/.test(entry.mode.value))) continue;
      const isHostKey = entry.path.startsWith("/etc/ssh/");
      const isInHome = entry.userName !== undefined;
      context.report({
        at: entry.place ?? entry.store.place,
        ...(isInHome ? { severity: "information" as const } : {}),
        message: `preservation gives \`${entry.path}\` the mode ${entry.mode?.known ? entry.mode.value : "0644"} at every boot, here and in the store: everybody can read the key${isInHome ? " who gets into the home, which is closed to others unless its mode says otherwise; the one in the store is so since September 2025 only" : ""}.${isHostKey ? ' sshd refuses such a key ("permissions are too open").' : ""}`,
        help: 'Say mode = "0600"; or link the file (how = "symlink"), which leaves its mode alone.',
        fixes: () =>
          offer(giveMode(context, entry, "0600"), {
            title: `Give \`${entry.path}\` the mode 0600`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});
