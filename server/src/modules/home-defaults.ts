import { NixFunction, Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "./option-node.ts";
import { OutOfStoreLink } from "./packages.ts";

/** Folders of a home that home-manager's `xdg` options name unless somebody says otherwise. */
const FOLDERS: Readonly<Record<string, string>> = {
  "xdg.cacheHome": ".cache",
  "xdg.configHome": ".config",
  "xdg.dataHome": ".local/share",
  "xdg.stateHome": ".local/state",
  "xdg.userDirs.desktop": "Desktop",
  "xdg.userDirs.documents": "Documents",
  "xdg.userDirs.download": "Downloads",
  "xdg.userDirs.music": "Music",
  "xdg.userDirs.pictures": "Pictures",
  "xdg.userDirs.publicShare": "Public",
  "xdg.userDirs.templates": "Templates",
  "xdg.userDirs.videos": "Videos",
};

/** Browsers whose profiles lie in folders that are called after them. From home-manager's `mkFirefoxModule.nix`. */
const WITH_PROFILES = ["firefox", "floorp", "librewolf", "waterfox"];

/**
 * What home-manager's NixOS module gives each of `home-manager.users`: the name and home of the account, and the
 * folders below it. `root` is the whole configuration; undefined for every other option.
 */
export function homeDefault(path: readonly string[], root: OptionNode): Value | undefined {
  const [manager, users, user, ...option] = path;
  if (manager !== "home-manager" || users !== "users" || user === undefined) return undefined;
  const name = option.join(".");
  const account = root.at("users", "users", user);
  if (name === "home.username") return account.child("name").value();
  if (name === "home.homeDirectory") return account.child("home").value();
  if (name === "lib.file.mkOutOfStoreSymlink") return new NixFunction((path) => new OutOfStoreLink(path), name);
  const [programs, browser = "", profiles, profile, last] = option;
  if (programs === "programs" && profiles === "profiles" && last === "path" && WITH_PROFILES.includes(browser))
    return profile;
  const folder = FOLDERS[name];
  if (folder === undefined) return undefined;
  const home = root.at("home-manager", "users", user, "home", "homeDirectory").value();
  if (home instanceof Unknown) return home.reason;
  return typeof home === "string" ? `${home}/${folder}` : undefined;
}
