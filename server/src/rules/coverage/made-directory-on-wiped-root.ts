import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { isFilledByScript, isKnownState, isPartlyKept, mayMountItself } from "../reading/data-fate.ts";
import { dataPaths, isMade } from "../reading/data-paths.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { type TmpfilesRule, tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A directory that systemd-tmpfiles makes for somebody to write to, empty at every boot. */
export const madeDirectoryOnWipedRoot = defineRule({
  code: "IMP427",
  name: "made-directory-on-wiped-root",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    const rules = tmpfilesRules(host);
    const named = dataPaths(host);
    const said: string[] = [];
    const people = normalUsers(host);
    const persons = new Set(["users", ...people.map(({ name }) => name)]);
    for (const rule of [...rules].sort((a, b) => a.path.length - b.path.length)) {
      const { path, user, group, mode, place } = rule;
      if (!isForData(rule) || said.some((other) => isAtOrBelow(path, other))) continue;
      if (named.some((one) => isAtOrBelow(path, one.path) || isAtOrBelow(one.path, path))) continue;
      if (isKnownState(host, path) || isPartlyKept(host, path) || holdsLinks(rules, path)) continue;
      if (people.some(({ home }) => home !== undefined && isAtOrBelow(path, home))) continue;
      if (isFilledByScript(host, path) || mayMountItself(host, path)) continue;
      const loss = uncoveredLoss(host, path);
      if (loss.lost !== "yes") continue;
      said.push(path);
      const owner = user !== undefined && user !== "root" ? user : (group ?? "");
      context.report({
        at: place,
        severity: persons.has(owner) || /^\d+$/.test(owner) ? "information" : "warning",
        message: `systemd-tmpfiles makes \`${path}\` for \`${owner}\` at every boot, ${whereInWords(loss)}. What is put there ${lossInWords(loss)}.`,
        help: "Persist the directory, unless what is in it may go; then an age or the letter D says so.",
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () => persistFix(context, [{ kind: "directory", path, user, group, mode }]),
      });
    }
  },
});

/** Whether it is for somebody other than root to write to, and for long. */
function isForData({ type, path, user, group, age }: TmpfilesRule): boolean {
  if (!/^[dvqQ][+!$-]*$/.test(type) || age !== undefined || isMade(path)) return false;
  if (/[%$*]/.test(path) || /^\/(home|root)(\/|$)/.test(path)) return false;
  return [user, group].some((name) => name !== undefined && name !== "root" && name !== "0");
}

/** A directory that is made for a link or a file of the configuration in it. */
function holdsLinks(rules: readonly TmpfilesRule[], path: string): boolean {
  return rules.some((rule) => /^[LCf]/.test(rule.type) && isBelow(rule.path, path));
}
