import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { readBoolean, readItems } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { FakePackage } from "../../modules/packages.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** What a program keeps in homes, where nobody would want to lose it. */
interface HomeState {
  /** Options of the host, or of home-manager below `home:`, any of which switches the program on. */
  readonly options: readonly string[];
  /** Packages that bring it, where a person or the system has them installed. */
  readonly packages?: readonly string[];
  /** Below the home; the first is where programs of today have it. */
  readonly paths: readonly string[];
  readonly what: string;
  /** Only for persons whose services run without a login. */
  readonly isLingering?: boolean;
  /** Data of services, which no person would look for in a home. */
  readonly isData?: boolean;
  /** Files in it are for nobody else to read. */
  readonly isPrivate?: boolean;
}

const STATES: readonly HomeState[] = [
  {
    options: ["virtualisation.podman.enable"],
    isLingering: true,
    paths: [".local/share/containers"],
    what: "containers of podman without root: images, and all named volumes",
    isData: true,
  },
  {
    options: ["home:services.podman.enable"],
    paths: [".local/share/containers"],
    what: "containers of podman without root: images, and all named volumes",
    isData: true,
  },
  {
    options: ["virtualisation.docker.rootless.enable"],
    paths: [".local/share/docker"],
    what: "containers of docker without root: images, and all named volumes",
  },
  {
    options: [
      ...["services.gnome.gnome-keyring.enable", "services.desktopManager.gnome.enable"],
      ...["services.xserver.desktopManager.gnome.enable", "home:services.gnome-keyring.enable"],
    ],
    paths: [".local/share/keyrings"],
    what: "the keyring: saved passwords, and the keys with which Signal, Chromium and others encrypt what they keep",
    isPrivate: true,
  },
  {
    options: ["services.desktopManager.plasma6.enable", "services.xserver.desktopManager.plasma5.enable"],
    paths: [".local/share/kwalletd"],
    what: "the wallet: saved passwords, and the keys with which Chromium and others encrypt what they keep",
    isPrivate: true,
  },
  {
    options: ["programs.firefox.enable", "home:programs.firefox.enable"],
    packages: ["firefox"],
    paths: [".mozilla", ".config/mozilla", ".mozilla/firefox"],
    what: "Firefox: logins, bookmarks, history",
  },
  {
    options: ["programs.thunderbird.enable", "home:programs.thunderbird.enable"],
    packages: ["thunderbird"],
    paths: [".thunderbird"],
    what: "Thunderbird: mail and accounts",
  },
  { options: ["home:programs.chromium.enable"], paths: [".config/chromium"], what: "Chromium: logins and history" },
  { options: ["home:programs.brave.enable"], paths: [".config/BraveSoftware"], what: "Brave: logins and history" },
  {
    options: ["home:programs.google-chrome.enable"],
    paths: [".config/google-chrome"],
    what: "Chrome: logins, history",
  },
  {
    options: ["home:programs.password-store.enable"],
    paths: [".local/share/password-store", ".password-store"],
    what: "pass: the passwords",
    isPrivate: true,
  },
  { options: ["home:programs.atuin.enable"], paths: [".local/share/atuin"], what: "atuin: history and its key" },
  {
    options: ["home:services.syncthing.enable"],
    paths: [".local/state/syncthing", ".config/syncthing"],
    what: "syncthing: the device's identity",
    isPrivate: true,
  },
  { options: ["programs.steam.enable"], paths: [".local/share/Steam"], what: "Steam: login, games, saves" },
  {
    options: [],
    packages: ["signal-desktop"],
    paths: [".config/Signal"],
    what: "Signal: the device, and its messages",
  },
  { options: [], packages: ["element-desktop"], paths: [".config/Element"], what: "Element: login and keys" },
  { options: [], packages: ["telegram-desktop"], paths: [".local/share/TelegramDesktop"], what: "Telegram: the login" },
  { options: [], packages: ["zotero"], paths: ["Zotero", ".zotero"], what: "Zotero: the library" },
  { options: [], packages: ["anki", "anki-bin"], paths: [".local/share/Anki2"], what: "Anki: decks and progress" },
  { options: [], packages: ["gnucash"], paths: [".local/share/gnucash"], what: "GnuCash: reports and settings" },
];

/** A person's home is kept in parts, and what programs that are switched on keep in it is not among them. */
export const partlyKeptHome = defineRule({
  code: "IMP434",
  name: "partly-kept-home",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (host.stores.length === 0 || isStateless(host)) return;
    for (const { name, home, place, node } of normalUsers(host)) {
      if (home === undefined || !isPartlyKept(host, home) || uncoveredLoss(host, home).lost !== "yes") continue;
      const own = host.config.at("home-manager", "users", name);
      const installed = packagesOf([
        ...[host.config.at("environment", "systemPackages"), host.config.at("users", "users", name, "packages")],
        own.at("home", "packages"),
      ]);
      const lost = STATES.filter(
        ({ options, packages = [], paths, isLingering }) =>
          (isLingering !== true || isTrue(node.child("linger"))) &&
          (options.some((option) => isOn(host, own, option)) || packages.some((one) => installed.has(one))) &&
          paths.every(
            (path) =>
              uncoveredLoss(host, joinPath(home, path)).lost === "yes" && !isPartlyKept(host, joinPath(home, path)),
          ),
      );
      const [first] = lost;
      if (!first) continue;
      const loss = uncoveredLoss(host, joinPath(home, first.paths[0] ?? ""));
      const shown = lost.map(({ paths, what }) => `\`${joinPath(home, paths[0] ?? "")}\` (${what})`);
      context.report({
        at: place,
        severity: lost.some(({ isData }) => isData) ? "warning" : "information",
        message: `Of \`${home}\` only parts are kept. Not among them: ${shown.join("; ")}. ${lost.length > 1 ? "They are" : "It is"} ${whereInWords(loss)}, and ${lossInWords(loss, lost.length > 1)}.`,
        help: `Persist what ${name} wants to keep (users.${name}.directories).`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(
            context,
            lost.map(({ paths, isPrivate }) => ({
              ...{ kind: "directory", path: joinPath(home, paths[0] ?? ""), user: name, group: "users" },
              mode: isPrivate ? "0700" : undefined,
            })),
          ).map((plan) => ({ ...plan, safety: "unsafe" as const, preferred: false })),
      });
    }
  },
});

/** The names of packages in lists. */
function packagesOf(lists: readonly OptionNode[]): ReadonlySet<string> {
  return new Set(
    lists
      .filter((list) => list.isDefined() !== false)
      .flatMap((list) => readItems(list).items)
      .flatMap(({ value, certain }) => {
        const name = certain.answer === "yes" && value instanceof FakePackage ? value.get("pname")?.force() : undefined;
        return typeof name === "string" ? [name] : [];
      }),
  );
}

function isOn({ config }: Host, own: OptionNode, option: string): boolean {
  const isOwn = option.startsWith("home:");
  const node = (isOwn ? own : config).at(...option.replace("home:", "").split("."));
  if (isOwn && own.isDefined() === false) return false;
  return isTrue(node);
}

function isTrue(node: OptionNode): boolean {
  const flag = node.isDefined() === true ? readBoolean(node) : undefined;
  return flag?.known === true && flag.value;
}

/** Something at or below a path is persisted, perhaps, or is a filesystem. */
function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => isAtOrBelow(entry.path, path)) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))
  );
}
