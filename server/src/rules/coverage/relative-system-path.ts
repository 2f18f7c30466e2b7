import { offer } from "../../edits/fix-plan.ts";
import { changePersistedPath } from "../../edits/persistence-edit.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** A system path without its slash is taken as if it had one; one that a shell would expand is not expanded. */
export const relativeSystemPath = defineRule({
  code: "IMP421",
  name: "relative-system-path",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      if (entry.userName !== undefined || entry.written.startsWith("/") || entry.written === "") continue;
      const isShell = /^[~$]/.test(entry.written);
      context.report({
        at: entry.place ?? entry.store.place,
        severity: isShell ? "error" : "information",
        message: isShell
          ? `Nothing expands \`${entry.written}\`: what is persisted is \`${entry.path}\`, and the home is not.`
          : `\`${entry.written}\` has no slash in front. It is read as \`${entry.path}\`, without a word.`,
        help: isShell ? "List paths of a user below users.<name>, relative to the home." : `Write "${entry.path}".`,
        fixes: () =>
          isShell || !entry.editable
            ? []
            : offer(changePersistedPath(context, entry, entry.path), {
                title: `Write "${entry.path}"`,
                safety: "safe",
                preferred: true,
              }),
      });
    }
  },
});
