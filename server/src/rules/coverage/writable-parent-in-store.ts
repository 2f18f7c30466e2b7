import type { Host } from "../../host/host.ts";
import { isBelow, joinPath } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { type TmpfilesRule, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A directory of a store that everybody may write to, above what is kept for somebody. */
export const writableParentInStore = defineRule({
  code: "IMP448",
  name: "writable-parent-in-store",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const rules = tmpfilesRules(host);
    for (const rule of rules) {
      if (!/^[dDvqQezZm]/.test(rule.type) || !isOpenToAll(rule)) continue;
      if (rules.some((other) => other !== rule && other.path === rule.path && other.mode !== rule.mode)) continue;
      const kept = keptBelow(host, rule.path);
      if (!kept) continue;
      report({
        at: rule.place,
        message: `\`${rule.path}\` gets the mode ${rule.mode}, by which every account may write to it, and it has no sticky bit: each of them may rename or remove what lies in it, whoever owns that, and put something of its own there. \`${kept.path}\` is kept below.`,
        help: `Give it 0755; where everybody is to make a directory there, 1777.`,
        related: [{ place: kept.place, message: `\`${kept.path}\` is kept below it` }],
      });
    }
  },
});

/** Whether others may write, and no sticky bit keeps them from what is not theirs. */
function isOpenToAll({ mode }: TmpfilesRule): boolean {
  const digits = /^[:~]*([0-7]{1,4})$/.exec(mode ?? "")?.[1];
  if (digits === undefined) return false;
  const bits = Number.parseInt(digits, 8);
  return (bits & 0o002) !== 0 && (bits & 0o001) !== 0 && (bits & 0o1000) === 0;
}

/** What is persisted from further down in a store that the directory belongs to. */
function keptBelow(host: Host, directory: string) {
  return certainEntries(host).find(({ store, path }) => {
    if (!store.path.known) return false;
    return (
      (directory === store.path.value ||
        isBelow(directory, store.path.value) ||
        isBelow(store.path.value, directory)) &&
      directory !== "/" &&
      isBelow(joinPath(store.path.value, path), directory)
    );
  });
}
