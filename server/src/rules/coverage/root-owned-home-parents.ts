import type { FileSystem, Host, PersistedPath } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Bind mounts deep in a home that is empty at boot: systemd makes the directories above them, for root. */
export const rootOwnedHomeParents = defineRule({
  code: "IMP433",
  name: "root-owned-home-parents",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (isStateless(host) || tmpfilesOpen(host)) return;
    for (const { name, home } of normalUsers(host)) {
      if (home === undefined || lossOf(host, home).lost !== "yes") continue;
      reportEntries(context, name, home);
      const binds = host.fileSystems.filter((fs) => isBind(fs) && isBelow(fs.mountpoint, home));
      const found = new Map<string, FileSystem>();
      for (const fs of binds) {
        for (const parent of between(home, fs.mountpoint))
          if (!isMade(host, parent) && !found.has(parent)) found.set(parent, fs);
      }
      const [first] = found;
      if (!first) continue;
      const parents = [...found.keys()].sort();
      report({
        at: first[1].place,
        message: `Nothing of \`${home}\` is there after a boot, and systemd makes the directories above a mount for root: ${belongToRoot(parents, name)}`,
        help: `Make them for the user: systemd.tmpfiles.rules = [ "d ${parents[0]} 0700 ${name} users -" ]; or let impermanence or preservation mount what is persisted, which make parents for the user (users.${name}).`,
        related: [...new Set(found.values())]
          .slice(1, 4)
          .map((fs) => ({ place: fs.place, message: `the same for \`${fs.mountpoint}\`` })),
      });
    }
  },
});

/** preservation makes what is missing above a mount for the user only where the entry is one of the user's. */
function reportEntries({ host, program, report }: RuleContext, name: string, home: string): void {
  const found = new Map<string, PersistedPath>();
  for (const entry of certainEntries(host)) {
    const { store, userName, path, linked, place } = entry;
    if (store.module !== "preservation" || userName !== undefined || linked || !isBelow(path, home)) continue;
    const written = place && program(place.file)?.text.slice(place.start, place.end);
    // What is computed may say `configureParent`, as what is written may.
    if (!entry.editable || written?.includes("configureParent") !== false) continue;
    for (const parent of between(home, path))
      if (!isMadeForUser(host, parent) && !found.has(parent)) found.set(parent, entry);
  }
  const [first] = found;
  if (!first) return;
  report({
    at: first[1].place,
    message: `\`${first[1].path}\` is listed among the directories and files of the system, and preservation makes what is missing above those for root: ${belongToRoot([...found.keys()].sort(), name)}`,
    help: `List it in ${first[1].store.option.map((part) => (/^[\w-]+$/.test(part) ? part : `"${part}"`)).join(".")}.users.${name}, relative to the home: the directories above are then made for ${name}.`,
    related: [...new Set(found.values())]
      .slice(1, 4)
      .map(({ place, path }) => ({ place, message: `the same for \`${path}\`` })),
  });
}

function isMadeForUser(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => entry.path === path || (entry.userName !== undefined && isBelow(entry.path, path))) ||
    isMadeBesides(host, path)
  );
}

function belongToRoot(parents: readonly string[], name: string): string {
  const shown = parents
    .slice(0, 4)
    .map((path) => `\`${path}\``)
    .join(", ");
  return `${shown}${parents.length > 4 ? " and others" : ""} belong${parents.length === 1 ? "s" : ""} to root, and programs of ${name} can put nothing else there.`;
}

function isBind({ options, certain, declaredBy }: FileSystem): boolean {
  return certain.answer === "yes" && declaredBy === "fileSystems" && options.some(({ text }) => /^r?bind$/.test(text));
}

/** The directories between a home and a mount in it. */
function between(home: string, mountpoint: string): string[] {
  const names = mountpoint
    .slice(home.length + 1)
    .split("/")
    .slice(0, -1);
  return names.map((_, index) => `${home}/${names.slice(0, index + 1).join("/")}`);
}

/** Another mount, an entry with its parents, a rule of tmpfiles or a script makes it, perhaps for the user. */
function isMade(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return entries.some((entry) => entry.path === path || isBelow(entry.path, path)) || isMadeBesides(host, path);
}

function isMadeBesides(host: Host, path: string): boolean {
  return (
    host.fileSystems.some(({ mountpoint }) => mountpoint === path) ||
    tmpfilesRules(host).some((rule) => rule.path === path) ||
    host.scripts.some(({ text }) => /\bchown\b|\binstall\b/.test(text))
  );
}
