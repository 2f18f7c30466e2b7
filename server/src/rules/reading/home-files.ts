import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, nameAt, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { type NormalUser, normalUsers } from "./normal-users.ts";

/** A file or directory that home-manager links into a home. */
export interface HomeFile {
  readonly user: NormalUser;
  /** Absolute, normalised. */
  readonly path: string;
  /** The option that makes it. */
  readonly option: readonly string[];
  readonly place: Place | undefined;
  /** The entry itself, for files that are declared; undefined for those that a program's module makes. */
  readonly node: OptionNode | undefined;
  /** Its content is linked file by file, into a directory that stays one. */
  readonly isRecursive: boolean;
}

/** The groups of files, with the option that says below which directory they are and its default. */
const GROUPS: readonly (readonly [readonly string[], readonly string[] | undefined, string])[] = [
  [["home", "file"], undefined, ""],
  [["xdg", "configFile"], ["xdg", "configHome"], ".config"],
  [["xdg", "dataFile"], ["xdg", "dataHome"], ".local/share"],
  [["xdg", "stateFile"], ["xdg", "stateHome"], ".local/state"],
  [["xdg", "cacheFile"], ["xdg", "cacheHome"], ".cache"],
];

/** The files that certainly are linked into the homes of persons. */
export function homeFiles(host: Host): readonly HomeFile[] {
  return normalUsers(host).flatMap((user) => {
    const own = host.config.at("home-manager", "users", user.name);
    const { home } = user;
    if (home === undefined || own.isDefined() === false) return [];
    return GROUPS.flatMap(([group, base, usual]) => {
      const option = base && own.at(...base);
      const folder = option && option.isDefined() === true ? readString(option) : undefined;
      if (folder?.known === false) return [];
      const below = folder?.value ?? joinPath(home, usual);
      return childrenOf(own.at(...group)).flatMap(({ name, node, certain }): HomeFile[] => {
        const enabled = node.child("enable").isDefined() === false ? undefined : readBoolean(node.child("enable"));
        const target = node.child("target").isDefined() === false ? undefined : readString(node.child("target"));
        if (certain.answer !== "yes" || (enabled && (!enabled.known || !enabled.value)) || target?.known === false)
          return [];
        const written = target?.value ?? name;
        const path = normalise(written.startsWith("/") ? written : joinPath(below, written));
        const recursive =
          node.child("recursive").isDefined() === false ? undefined : readBoolean(node.child("recursive"));
        const isRecursive = recursive !== undefined && (!recursive.known || recursive.value);
        return [{ user, path, option: node.path, place: nameAt(node), node, isRecursive }];
      });
    });
  });
}
