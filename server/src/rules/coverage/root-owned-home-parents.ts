import type { FileSystem, Host } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Bind mounts deep in a home that is empty at boot: systemd makes the directories above them, for root. */
export const rootOwnedHomeParents = defineRule({
  code: "IMP433",
  name: "root-owned-home-parents",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (isStateless(host) || tmpfilesOpen(host)) return;
    for (const { name, home } of normalUsers(host)) {
      if (home === undefined || lossOf(host, home).lost !== "yes") continue;
      const binds = host.fileSystems.filter((fs) => isBind(fs) && isBelow(fs.mountpoint, home));
      const found = new Map<string, FileSystem>();
      for (const fs of binds) {
        for (const parent of between(home, fs.mountpoint))
          if (!isMade(host, parent) && !found.has(parent)) found.set(parent, fs);
      }
      const [first] = found;
      if (!first) continue;
      const parents = [...found.keys()].sort();
      const shown = parents
        .slice(0, 4)
        .map((path) => `\`${path}\``)
        .join(", ");
      report({
        at: first[1].place,
        message: `Nothing of \`${home}\` is there after a boot, and systemd makes the directories above a mount for root: ${shown}${parents.length > 4 ? " and others" : ""} belong${parents.length === 1 ? "s" : ""} to root, and programs of ${name} can put nothing else there.`,
        help: `Make them for the user: systemd.tmpfiles.rules = [ "d ${parents[0]} 0700 ${name} users -" ]; or let impermanence or preservation mount what is persisted, which make parents for the user (users.${name}).`,
        related: [...new Set(found.values())]
          .slice(1, 4)
          .map((fs) => ({ place: fs.place, message: `the same for \`${fs.mountpoint}\`` })),
      });
    }
  },
});

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
  return (
    host.fileSystems.some(({ mountpoint }) => mountpoint === path) ||
    entries.some((entry) => entry.path === path || isBelow(entry.path, path)) ||
    tmpfilesRules(host).some((rule) => rule.path === path) ||
    host.scripts.some(({ text }) => /\bchown\b|\binstall\b/.test(text))
  );
}
