import { Cell, Maybe, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";
import { platformSet } from "./packages.ts";

/** The names of options that may be read back as something else. */
export const READ_BACK_NAMES: ReadonlySet<string> = new Set(["directories", "files", "hostPlatform", "buildPlatform"]);

/**
 * An option of NixOS as code of the configuration reads it back, where that is not what was written: each entry of a
 * store is a set, and the name of a platform is all that is known of the platform.
 * Source: the `coercedTo` of nixos.nix (impermanence) and options.nix (preservation), and the `apply` of
 * `nixpkgs.hostPlatform`.
 */
export function asReadBack(path: readonly string[], option: Cell, lib: Cell): Cell {
  if (path[0] === "nixpkgs" && path.length === 2 && path[1]?.endsWith("Platform")) {
    return Cell.lazy(() => {
      const value = option.force();
      return typeof value === "string" ? platformSet(lib, option).force() : value;
    }, option.slot);
  }
  return isStoreList(path) ? entriesReadBack(option, path.at(-1) === "files" ? "file" : "directory") : option;
}

function entriesReadBack(list: Cell, kind: "file" | "directory"): Cell {
  return Cell.lazy(() => {
    const value = list.force();
    if (!(value instanceof NixList)) return value;
    return new NixList(
      value.items.map((item) => {
        if (item instanceof Cell) return entryOf(item, kind);
        return item instanceof Maybe ? new Maybe(entryOf(item.cell, kind), item.condition) : item;
      }),
    );
  }, list.slot);
}

function isStoreList(path: readonly string[]): boolean {
  const [group, option, , users] = path;
  if (path.length !== 4 && !(path.length === 6 && users === "users")) return false;
  const name = path.at(-1);
  const isStore =
    (group === "environment" && option === "persistence") || (group === "preservation" && option === "preserveAt");
  return isStore && (name === "directories" || name === "files");
}

function entryOf(entry: Cell, kind: "file" | "directory"): Cell {
  return Cell.lazy((): Value => {
    const value = entry.force();
    return typeof value === "string" ? new NixAttrs(new Map([[kind, entry]]), OTHER_OPTIONS) : value;
  }, entry.slot);
}

const OTHER_OPTIONS = new Unknown("what a store adds to its entries is not known here");
