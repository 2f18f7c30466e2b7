import { look } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { readString, stringOfValue } from "../../host/read-values.ts";
import { OutOfStoreLink } from "../../modules/packages.ts";
import { type HomeFile, homeFiles } from "../reading/home-files.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Links of home-manager out of the store, into a directory that the next boot empties. */
export const linkIntoLostDirectory = defineRule({
  code: "IMP456",
  name: "link-into-lost-directory",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (isStateless(host)) return;
    for (const [directory, [first, ...others]] of byDirectory(host)) {
      const loss = uncoveredLoss(host, directory);
      if (loss.lost !== "yes" || isMade(host, directory)) continue;
      report({
        at: first.place,
        message: `home-manager links \`${first.path}\`${others.length > 0 ? ` and ${others.length} more` : ""} to what is in \`${directory}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}: the links lead nowhere then, and what was changed there and not pushed is gone.`,
        help: `Persist \`${directory}\`, or move it to where it is kept.`,
        related: [
          ...others.slice(0, 3).map(({ path, place }) => ({ place, message: `\`${path}\` leads there as well` })),
          { place: loss.fate.place, message: whereInWords(loss) },
        ],
        fixes: () => persistFix(context, [{ path: directory, kind: "directory" }]),
      });
    }
  },
});

/** The links by the directory that is lost with what they lead to. */
function byDirectory(host: Host): ReadonlyMap<string, readonly [HomeFile, ...HomeFile[]]> {
  const found = new Map<string, [HomeFile, ...HomeFile[]]>();
  for (const file of homeFiles(host)) {
    const value = file.node && sourceOf(file);
    const target = value instanceof OutOfStoreLink ? stringOfValue(look(value.target), undefined) : undefined;
    if (!target?.known || !target.value.startsWith("/") || target.value.includes("$")) continue;
    const path = normalise(target.value);
    const home = file.user.home ?? "";
    if (!isAtOrBelow(path, home) || path === home) continue;
    if (isOfAProgram(host, file, path, home)) continue;
    const deeper = lostWith(host, path, home);
    const group = found.get(deeper);
    if (group) group.push(file);
    else found.set(deeper, [file]);
  }
  return found;
}

/**
 * Whether a program, or home-manager, may make the target anew: hidden directories are those of programs, unless their name
 * says that they are a checkout, and home-manager fills its own folders at each boot.
 */
function isOfAProgram(host: Host, { user, path: link }: HomeFile, path: string, home: string): boolean {
  const [first = "", second = ""] = path.slice(home.length + 1).split("/");
  const name = /^\.(config|local)$/.test(first) ? second : first;
  const isHidden = first.startsWith(".");
  // A folder for all programs in another place is where home-manager links the files of all of them.
  if (/\/\.(config|cache|local(\/(share|state))?)$/.test(link)) return true;
  if (isHidden && !/dot|nix|flake|conf/i.test(name)) return true;
  const xdg = host.config.at("home-manager", "users", user.name, "xdg");
  return ["configHome", "dataHome", "stateHome", "cacheHome"].some((option) => {
    const folder = readString(xdg.child(option));
    return folder?.known === true && !isHidden && isAtOrBelow(path, normalise(folder.value));
  });
}

/** The outermost directory above a path in a home of which nothing is kept, and which is no other program's. */
function lostWith(host: Host, path: string, home: string): string {
  const kept = certainEntries(host);
  const names = path.slice(home.length + 1).split("/");
  for (let depth = 1; depth < names.length; depth += 1) {
    const directory = joinPath(home, names.slice(0, depth).join("/"));
    const isShared = /\/\.(config|local|local\/share|local\/state|cache)$/.test(directory);
    if (!isShared && !kept.some((entry) => isAtOrBelow(entry.path, directory))) return directory;
  }
  return path;
}

function sourceOf({ node }: HomeFile) {
  const source = node?.child("source");
  const [set] = source?.definitions() ?? [];
  return set && set.condition === true ? look(set.cell) : undefined;
}

/** Whether something puts the directory there at each boot: a script, a rule of tmpfiles, or home-manager itself. */
function isMade(host: Host, directory: string): boolean {
  const name = directory.slice(directory.lastIndexOf("/") + 1);
  return (
    host.scripts.some(({ text }) => text.includes(directory) || text.includes(`/${name}`)) ||
    homeFiles(host).some(({ path }) => isAtOrBelow(directory, path))
  );
}
