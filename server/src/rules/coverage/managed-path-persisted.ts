import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { homeFiles } from "../reading/home-files.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** A path that is persisted, and that home-manager links to what it made of the configuration. */
export const managedPathPersisted = defineRule({
  code: "IMP455",
  name: "managed-path-persisted",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const entries = certainEntries(host);
    for (const { path, option, place, isWhole } of managed(host)) {
      const entry = entries.find((one) => one.path === path || (isWhole && isAtOrBelow(one.path, path)));
      if (!entry) continue;
      report({
        at: entry.place ?? entry.store.place,
        message: `\`${entry.path}\` is persisted, and home-manager makes \`${path}\` (by \`${option.slice(3).join(".")}\`) a link to what the configuration says. What is persisted is mounted first and in the way: home-manager stops ("would be clobbered", or "Device or resource busy" where it is to move such files aside), and none of its files are linked at that boot.`,
        help: "Leave it out of the store, or let the program write it and leave it out of home-manager.",
        related: [{ place, message: "home-manager makes it here" }],
      });
    }
  },
});

interface Managed {
  readonly path: string;
  readonly option: readonly string[];
  readonly place: Place | undefined;
  /** The whole path is one link, and nothing can be mounted below it. */
  readonly isWhole: boolean;
}

/** Files that modules of home-manager make as soon as they are on, whatever else is said. */
const MADE: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["programs", "git"], [".config/git/config"]],
  [
    ["programs", "bash"],
    [".bashrc", ".profile", ".bash_profile"],
  ],
  [["programs", "fish"], [".config/fish/config.fish"]],
  [["programs", "ssh"], [".ssh/config"]],
  [["programs", "tmux"], [".config/tmux/tmux.conf"]],
  [["programs", "kitty"], [".config/kitty/kitty.conf"]],
  [["programs", "readline"], [".inputrc"]],
  [["xdg", "mimeApps"], [".config/mimeapps.list"]],
  [["xdg", "userDirs"], [".config/user-dirs.dirs"]],
];

function managed(host: Host): Managed[] {
  const declared = homeFiles(host).flatMap(({ path, option, place, isRecursive, node }): Managed[] => {
    // Its files are linked one by one into the directory, whatever else is in it.
    if (isRecursive) return [];
    return [{ path, option, place, isWhole: node?.child("text").isDefined() === false }];
  });
  const made = normalUsers(host).flatMap(({ name, home }): Managed[] => {
    const own = host.config.at("home-manager", "users", name);
    if (home === undefined || own.isDefined() === false) return [];
    return MADE.flatMap(([path, files]) => {
      const enable = own.at(...path, "enable");
      const flag = enable.isDefined() === true ? readBoolean(enable) : undefined;
      if (!flag?.known || !flag.value) return [];
      return files.map((file) => ({
        path: joinPath(home, file),
        option: enable.path,
        place: flag.place,
        isWhole: false,
      }));
    });
  });
  return [...declared, ...made];
}
