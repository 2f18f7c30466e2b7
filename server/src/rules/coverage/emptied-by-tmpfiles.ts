import type { Place } from "../../eval/origin.ts";
import type { Fate, Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { localRepositories } from "../reading/backup-repositories.ts";
import { dataPaths, isMade } from "../reading/data-paths.ts";
import { type TmpfilesRule, tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossOf, rootWipe } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A tmpfiles rule that empties, at every boot or by age, what is meant to be kept. */
export const emptiedByTmpfiles = defineRule({
  code: "IMP425",
  name: "emptied-by-tmpfiles",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const rules = tmpfilesRules(host);
    for (const rule of rules) {
      const { type, path, place, age } = rule;
      const isAged =
        age !== undefined &&
        age !== "0" &&
        /^[dvqQe]/.test(type) &&
        !isMade(path) &&
        !isAtOrBelow(path, "/var/lib/systemd");
      // R and r are for leftovers, and with `!` they are meant for the boot alone: people know what they delete.
      if (!/^D/.test(type) && !isAged) continue;
      const owner = isAged || isUsed(host, path) ? usedFor(host, rule, rules) : undefined;
      if (owner && !isAged) {
        report({
          at: place,
          severity: owner.isState ? "error" : "warning",
          message: `\`${type} ${path}\` empties the directory at every boot (systemd-tmpfiles --remove), and ${owner.what}: what is kept there is deleted at each start.`,
          help: "Write `d`: it makes the directory when it is missing, and leaves alone what is in it.",
          related: [{ place: owner.place, message: "keeps its data there" }],
        });
        continue;
      }
      if (owner) {
        report({
          at: place,
          severity: "warning",
          message: `\`${type} ${path}\` has the age \`${age}\`: systemd-tmpfiles-clean deletes every day what was not touched for so long, and ${owner.what}. Files go there one by one, and nobody is told.`,
          help: "Write `-` for the age, unless what is kept there may go after that time.",
          related: [{ place: owner.place, message: "keeps its data there" }],
        });
        continue;
      }
      const kept = keptBy(host, path);
      if (!kept) continue;
      const related = [{ place: kept.place, message: "kept by this" }];
      if (isAged) {
        const repository = localRepositories(host).find((one) => reaches(rule, rules, one.path));
        // An age on a disk is mostly meant, unless the directory was chosen to be persisted.
        if (kept.isOwnMount && !repository) continue;
        report({
          at: place,
          severity: repository ? "error" : "information",
          message: `\`${type} ${path}\` has the age \`${age}\`: systemd-tmpfiles-clean deletes every day what was not touched for so long, and the directory is ${kept.how}.${
            repository
              ? ` The backup repository \`${repository.path}\` is there: its old parts, which newer backups need, are deleted, and nothing can be restored from what is left.`
              : ""
          }`,
          help: repository
            ? `Write \`-\` for the age: how long backups are kept is for the program to say that makes them.`
            : "Write `-` for the age, unless what is kept there may go after that time.",
          related: repository
            ? [{ place: repository.place, message: `\`${repository.by}\` keeps its backups there` }, ...related]
            : related,
        });
        continue;
      }
      report({
        at: place,
        message: `\`${type} ${path}\` empties the directory at every boot (systemd-tmpfiles --remove), and it is ${kept.how}: what is kept there is deleted at each start.`,
        help: "Write `d`: it makes the directory when it is missing, and leaves alone what is in it.",
        related,
      });
    }
  },
});

/** Whether a directory is on no scratch space, and not lost at a reboot anyway, for which other rules are. */
function isUsed(host: Host, path: string): boolean {
  const isWiped = host.fateOf(path).survives.answer !== "yes" || lossOf(host, path).lost === "yes";
  return !isMade(path) && !isWiped && !keptBy(host, path);
}

/** Directories of which the name says that what is in them goes after a time. */
const PASSING =
  /\/[^/]*(scan|inbox|incoming|dropbox|drop|trash|recycle|backup|dump|export|download|upload|snapshot|record|old|archive|queue|spool|session|thumb|metrics|coredump)[^/]*$/i;

/** The share or the state of a service that a rule takes from. */
function usedFor(
  host: Host,
  rule: TmpfilesRule,
  rules: readonly TmpfilesRule[],
): { readonly what: string; readonly place: Place | undefined; readonly isState: boolean } | undefined {
  if (PASSING.test(rule.path)) return undefined;
  const share = dataPaths(host).find(
    ({ path, option }) =>
      option[0] === "services" &&
      (option[1] === "samba" || option[1] === "nfs") &&
      !PASSING.test(path) &&
      (isAtOrBelow(rule.path, path) || reaches(rule, rules, path)),
  );
  if (share) {
    const how = share.option[1] === "nfs" ? "NFS" : "Samba";
    const where = share.path === rule.path ? "it is" : isAtOrBelow(rule.path, share.path) ? "it is in" : "in it is";
    return { what: `${where} the share \`${share.path}\` of ${how}`, place: share.place, isState: false };
  }
  for (const { enable, enabled, place, state } of host.services) {
    if (enabled.answer !== "yes") continue;
    const own = state.find(
      (one) => one.kind === "state" && !one.little && one.irreplaceable !== false && reaches(rule, rules, one.path),
    );
    const name = enable.replace(/\.enable$/, "");
    if (own) return { what: `\`${name}\` keeps its data in \`${own.path}\``, place, isState: true };
  }
  return undefined;
}

/** What keeps a directory. */
interface Keeper {
  /** For the end of "the directory is". */
  readonly how: string;
  readonly place: Fate["place"];
  /** A filesystem or bind mount of the host keeps it, and no store. */
  readonly isOwnMount: boolean;
}

/** What certainly keeps a directory: a store, an entry of one, or a filesystem beside a root that is wiped. */
function keptBy(host: Host, path: string): Keeper | undefined {
  const store = host.stores.find(
    (one) => one.enabled.answer === "yes" && one.path.known && isAtOrBelow(path, one.path.value),
  );
  const { persisted, survives, fileSystem, by, place } = host.fateOf(path);
  if (store)
    return { how: `in the store \`${store.name}\``, place: persisted?.place ?? store.place, isOwnMount: false };
  if (survives.answer !== "yes") return undefined;
  if (persisted) {
    return persisted.kind === "directory"
      ? { how: `persisted through \`${persisted.path}\``, place: persisted.place, isOwnMount: false }
      : undefined;
  }
  // On a host that keeps its root, being on a disk says nothing of what a directory is for; names of scratch space do.
  // A wipe that fails as it is says as well that other filesystems are what is to stay.
  const wipe = rootWipe(host);
  const isBesideRoot = fileSystem !== undefined && fileSystem.mountpoint !== "/" && wipe?.isUnclear === false;
  return isBesideRoot && !isMade(path) ? { how: `kept, ${by}`, place, isOwnMount: true } : undefined;
}

/** Whether the age of a rule counts for a path: what has a rule of its own is left alone by those of directories above it. */
function reaches(rule: TmpfilesRule, rules: readonly TmpfilesRule[], path: string): boolean {
  const isNearer = (one: TmpfilesRule) =>
    one.path !== rule.path && isAtOrBelow(path, one.path) && isAtOrBelow(one.path, rule.path);
  const isExcluded = rules.some((one) => isNearer(one) || (/^[xX]/.test(one.type) && one.path.startsWith(rule.path)));
  return isAtOrBelow(path, rule.path) && !isExcluded;
}
