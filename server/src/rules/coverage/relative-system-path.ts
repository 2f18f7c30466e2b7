import { offer } from "../../edits/fix-plan.ts";
import { changePersistedPath } from "../../edits/persistence-edit.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** A system path without its slash is taken as if it had one; what a shell would expand is not expanded. */
export const relativeSystemPath = defineRule({
  code: "IMP421",
  name: "relative-system-path",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      const { written, path } = entry;
      const pattern = /[^/]*(?:\*|\{[^/{}]*,[^/{}]*\})[^/]*/.exec(written)?.[0];
      if (pattern !== undefined) {
        context.report({
          at: entry.place ?? entry.store.place,
          severity: "error",
          message: `Nothing expands the pattern \`${written}\`: what is persisted is a ${entry.kind} that is really called \`${pattern}\`, and nothing of what the pattern is meant for.`,
          help: "List each path by itself, or the directory around them.",
        });
        continue;
      }
      if (entry.userName !== undefined || written.startsWith("/") || written === "") continue;
      const isShell = /^[~$]/.test(written);
      context.report({
        at: entry.place ?? entry.store.place,
        severity: isShell ? "error" : "information",
        message: isShell
          ? `Nothing expands \`${written}\`: what is persisted is \`${path}\`, and the home is not.`
          : `\`${written}\` has no slash in front. It is read as \`${path}\`, without a word.`,
        help: isShell ? "List paths of a user below users.<name>, relative to the home." : `Write "${path}".`,
        fixes: () =>
          isShell || !entry.editable
            ? []
            : offer(changePersistedPath(context, entry, path), {
                title: `Write "${path}"`,
                safety: "safe",
                preferred: true,
              }),
      });
    }
  },
});
