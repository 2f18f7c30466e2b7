import type { PersistedPath } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { type TmpfilesRule, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A persisted directory of a person or a service that a rule of tmpfiles gives to root at every boot. */
export const ownerTakenByTmpfiles = defineRule({
  code: "IMP446",
  name: "owner-taken-by-tmpfiles",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const rules = tmpfilesRules(host).filter(({ type, user }) => /^[dDvqQzZ]/.test(type) && isRoot(user));
    if (rules.length === 0) return;
    const entries = certainEntries(host).filter((entry) => entry.kind === "directory" && ownerOf(entry) !== undefined);
    for (const rule of rules) {
      const entry = entries.find((one) => placesOf(one).includes(rule.path));
      // The rule may be for the place on which something else is mounted.
      if (host.fileSystems.some(({ mountpoint }) => mountpoint === rule.path)) continue;
      // A later line of the same path decides, or is refused; which one is not looked into.
      if (!entry || tmpfilesRules(host).some((other) => other.path === rule.path && other.user !== rule.user)) continue;
      const owner = ownerOf(entry) ?? "";
      const isOpen = /^[0-7]?[0-7][0-7][2367]$/.test(rule.mode ?? "");
      if (isOpen || opensToGroup(rule)) continue;
      report({
        at: rule.place,
        message: `This rule gives \`${rule.path}\` to root at every boot, also where it is there already, and the directory is persisted for \`${owner}\` (\`${entry.path}\`): ${owner} cannot write there ("Permission denied").`,
        help: `Leave the rule out, as the directory is made for ${owner} anyway, or name ${owner} in it.`,
        related: [{ place: entry.place, message: "persisted here" }],
      });
    }
  },
});

function isRoot(user: string | undefined): boolean {
  return user === "root" || user === "0";
}

/** The account that an entry is for, where it is not root. */
function ownerOf({ user, userName }: PersistedPath): string | undefined {
  if (user) return user.known && user.value !== "root" ? user.value : undefined;
  return userName === "root" ? undefined : userName;
}

/** Where a persisted directory is used, and where it lies in the store. */
function placesOf({ path, store }: PersistedPath): readonly string[] {
  return store.path.known ? [path, joinPath(store.path.value, path)] : [path];
}

/** Whether the rule leaves the directory to a group that is not root's, which may be one that the account is in. */
function opensToGroup({ group, mode }: TmpfilesRule): boolean {
  if (group === undefined || group === "root" || group === "0") return false;
  return /^[0-7]?[0-7][2367][0-7]$/.test(mode ?? "");
}
