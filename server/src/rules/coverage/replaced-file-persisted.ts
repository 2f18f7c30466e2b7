import type { Host, PersistedPath } from "../../host/host.ts";
import { childrenOf, readBoolean } from "../../host/read-values.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { ACCOUNTS, type Replaced, replacedSystemFile } from "../reading/replaced-files.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

const KDE: Replaced = {
  who: "KDE",
  severity: "information",
  instead: "Persist the directory .config, or set it with plasma-manager.",
};

/** Configuration files of KDE's own programs, in .config. */
const KDE_FILES =
  /^\.config\/(kdeglobals|kwinrc|kwinrulesrc|kglobalshortcutsrc|plasmarc|plasmashellrc|plasma-org\.kde\.plasma\.desktop-appletsrc|kscreenlockerrc|ksmserverrc|kcminputrc|kxkbrc|dolphinrc|katerc|konsolerc|kded5rc|kded6rc|baloofilerc|krunnerrc|kwalletrc|powermanagementprofilesrc|powerdevilrc)$/;

/** mutter asks GIO for a new file in its place (`G_FILE_CREATE_REPLACE_DESTINATION`). */
const MONITORS: Replaced = {
  who: "GNOME",
  severity: "warning",
  instead:
    "Persist the directory .config, or declare the displays: have what was found right once in /etc/xdg/monitors.xml.",
};

const ZSH: Replaced = {
  who: "zsh",
  severity: "information",
  instead:
    "Persist a directory, and let HISTFILE (programs.zsh.history.path with home-manager) be a file in it; or unset zsh's HIST_SAVE_BY_COPY.",
};

/** Files that zsh's history has by its own or by usual settings; it rewrites them when they are a fifth too long. */
const ZSH_FILES = /(^|\/)\.?(zsh_history|zhistory|histfile)$|(^|\/)\.?zsh\/\.?history$/;

const FISH: Replaced = {
  who: "fish",
  severity: "information",
  instead: "Persist the directory .local/share/fish.",
};

/** The variables that `set -U` keeps. */
const FISH_VARIABLES: Replaced = {
  ...FISH,
  instead: "Persist the directory .config/fish, or set them by configuration.",
};

/** fish writes a line at the end, and from time to time all of it anew. */
const FISH_FILES = /^\.local\/share\/fish\/fish_history$|^\.config\/fish\/fish_variables$/;

/** A program that replaces a file cannot do so over a bind mount, and does away with a symbolic link. */
export const replacedFilePersisted = defineRule({
  code: "IMP414",
  name: "replaced-file-persisted",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const entry of certainEntries(host)) {
      const replaced = entry.kind === "file" ? replacedBy(entry) : undefined;
      if (!replaced || (replaced === ZSH && writesInPlace(host)) || isOff(host, replaced)) continue;
      // What fish does with a link depends on its version.
      const isFish = replaced.who === FISH.who;
      if (entry.linked && isFish) continue;
      const effect = entry.linked
        ? "the link is replaced by a plain file on the root, and what was changed is lost at the next boot"
        : `over the bind mount that fails ("Device or resource busy")${isFish ? "" : ", or, where impermanence made a link, what was changed is lost at the next boot"}`;
      report({
        at: entry.place ?? entry.store.place,
        severity: replaced.severity,
        message: `\`${entry.path}\` is persisted as a file, and ${replaced.who} write${replaced === ACCOUNTS ? "" : "s"} it by renaming a new file over it: ${effect}.`,
        help: replaced.instead,
      });
    }
  },
});

function replacedBy({ path, written, userName }: PersistedPath): Replaced | undefined {
  if (userName === undefined) return replacedSystemFile(path);
  const inHome = written.replace(/^\/+/, "");
  if (ZSH_FILES.test(inHome)) return ZSH;
  if (FISH_FILES.test(inHome)) return inHome.startsWith(".config/") ? FISH_VARIABLES : FISH;
  if (inHome === ".config/monitors.xml") return MONITORS;
  return KDE_FILES.test(inHome) ? KDE : undefined;
}

/** Whether the program that replaces the file is not on this host. */
function isOff(host: Host, { option }: Replaced): boolean {
  if (option === undefined) return false;
  const node = host.config.at(...option.split("."));
  if (node.isDefined() === false) return !mayBeSetByOwnModules(host);
  const flag = readBoolean(node);
  return flag?.known === true && !flag.value;
}

/** Whether somebody tells zsh to rewrite its history in place. */
function writesInPlace({ config }: Host): boolean {
  const homes = childrenOf(config.at("home-manager", "users")).map(({ node }) => node.at("programs", "zsh"));
  return [config.at("programs", "zsh"), ...homes].some((zsh) =>
    textsBelow(zsh).some(({ text }) => /hist_?save_?by_?copy/i.test(text)),
  );
}
