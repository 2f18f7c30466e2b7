import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { readString, setAt } from "../../host/read-values.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { intendedEntries } from "../reading/persisted-entries.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";
import { reportFirefoxProfiles } from "./firefox-profiles.ts";

/** What an option or variable of home-manager moves out of the place where it is by default. */
interface Moved {
  readonly option: readonly string[];
  /** Below the home. */
  readonly usual: readonly string[];
  readonly what: string;
  /** A file that its program replaces, which cannot be persisted by itself. */
  readonly isFile?: boolean;
}

const variable = (name: string, usual: string, what: string): Moved => ({
  option: ["home", "sessionVariables", name],
  usual: [usual],
  what,
});

const MOVED: readonly Moved[] = [
  { option: ["programs", "gpg", "homedir"], usual: [".gnupg"], what: "GnuPG keeps its keys" },
  {
    option: ["programs", "zsh", "history", "path"],
    usual: [".zsh_history"],
    what: "zsh keeps its history",
    isFile: true,
  },
  {
    option: ["programs", "bash", "historyFile"],
    usual: [".bash_history"],
    what: "bash keeps its history",
    isFile: true,
  },
  {
    option: ["programs", "password-store", "settings", "PASSWORD_STORE_DIR"],
    usual: [".password-store", ".local/share/password-store"],
    what: "pass keeps the passwords",
  },
  variable("GNUPGHOME", ".gnupg", "GnuPG keeps its keys"),
  variable("PASSWORD_STORE_DIR", ".password-store", "pass keeps the passwords"),
  variable("CARGO_HOME", ".cargo", "cargo keeps its login and what is installed"),
  variable("RUSTUP_HOME", ".rustup", "rustup keeps toolchains"),
  variable("GOPATH", "go", "go keeps what is installed"),
];

/** A person's data is persisted where a program would have it, and an option moves it to where it is lost. */
export const movedHomeDirectory = defineRule({
  code: "IMP437",
  name: "moved-home-directory",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (host.stores.length === 0 || isStateless(host)) return;
    const entries = intendedEntries(host);
    const said = new Set<string>();
    for (const { name, home } of normalUsers(host)) {
      if (home === undefined) continue;
      const own = host.config.at("home-manager", "users", name);
      if (own.isDefined() === false) continue;
      reportFirefoxProfiles(context, own, home);
      for (const { option, usual, what, isFile } of MOVED) {
        const node = own.at(...option);
        const text = node.isDefined() === false ? undefined : readString(node);
        const path = text?.known ? inHome(text.value, home) : undefined;
        const entry = path && usual.map((one) => joinPath(home, one)).flatMap((one) => entryOf(entries, one))[0];
        if (!path || !entry || isAtOrBelow(path, entry.path) || said.has(path) || isKeptNear(host, path)) continue;
        const loss = uncoveredLoss(host, path);
        if (loss.lost !== "yes") continue;
        said.add(path);
        report({
          at: setAt(node),
          message: `By \`${option.join(".")}\` ${what} in \`${path}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}. \`${entry.path}\` is ${entry.store.enabled.answer === "yes" ? "persisted" : "listed"}, where it keeps nothing then.`,
          help: isFile
            ? `Persist a directory and let the file be in it: the program renames a new file over the old one, which fails on a bind mount.`
            : `Persist \`${path}\` instead, or leave the option out.`,
          related: [
            { place: entry.place, message: "this entry keeps nothing" },
            { place: loss.fate.place, message: whereInWords(loss) },
          ],
        });
      }
    }
  },
});

/** The path that an option means; undefined for one outside of the home, or with a variable of the shell in it. */
function inHome(text: string, home: string): string | undefined {
  const path = normalise(text.startsWith("/") ? text : joinPath(home, text.replace(/^(\$HOME|\$\{HOME\}|~)\//, "")));
  return path.includes("$") || !isAtOrBelow(path, home) || path === home ? undefined : path;
}

function entryOf(entries: readonly PersistedPath[], path: string): PersistedPath[] {
  return entries.filter((entry) => entry.path === path);
}

/** Whether a part of it is kept, which is somebody's choice. */
function isKeptNear(host: Host, path: string): boolean {
  return host.stores.some(({ directories, files }) =>
    [...directories, ...files].some((entry) => isAtOrBelow(entry.path, path)),
  );
}
