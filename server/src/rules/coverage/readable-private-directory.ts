import { offer } from "../../edits/fix-plan.ts";
import { giveMode } from "../../edits/persisted-entry-edit.ts";
import { isClosed } from "../reading/access-mode.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Directories of a home that their programs make for nobody else to read. */
const PRIVATE = new Set([
  ...[".ssh", ".gnupg", ".pki", ".local/share/keyrings", ".local/share/kwalletd", ".config/sops", ".config/age"],
  ...[".aws", ".kube"],
]);

/** Persisted directories are made with 0755, whatever their programs would have made. */
export const readablePrivateDirectory = defineRule({
  code: "IMP416",
  name: "readable-private-directory",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      if (entry.kind !== "directory" || entry.linked || isClosed(entry.mode, "others") !== false) continue;
      const inHome = entry.userName === undefined ? undefined : entry.written.replace(/^\/+|\/+$/g, "");
      if (inHome === undefined ? !ROOTS.has(entry.path) : !PRIVATE.has(inHome)) continue;
      const mode = entry.mode?.known ? entry.mode.value : "0755";
      context.report({
        at: entry.place ?? entry.store.place,
        message: `\`${entry.path}\` is made with the mode ${mode}, here and in the store, so that only the mode of the home above keeps others from its keys.${inHome === ".gnupg" ? " gpg warns of unsafe permissions." : ""}`,
        help: 'Say mode = "0700"; for the entry. It counts when the directory is made: run chmod 0700 in the store where it is there already.',
        fixes: () =>
          offer(giveMode(context, entry, "0700"), {
            title: `Make \`${entry.path}\` with the mode 0700`,
            safety: "safe",
            preferred: true,
            note: "Where the directory is in the store already, run chmod 0700 on it.",
          }),
      });
    }
  },
});

/** The same of root, listed as system paths. */
const ROOTS = new Set(["/root", ...[...PRIVATE].map((name) => `/root/${name}`)]);
