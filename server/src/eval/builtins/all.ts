import type { BuiltinDefinition } from "../builtin.ts";
import { Unknown, type Value } from "../value.ts";
import { attrBuiltins } from "./attrs.ts";
import { controlBuiltins } from "./control.ts";
import { derivationBuiltins } from "./derivation.ts";
import { fileBuiltins } from "./files.ts";
import { hashBuiltins } from "./hashes.ts";
import { impureBuiltins } from "./impure.ts";
import { jsonBuiltins } from "./json.ts";
import { listBuiltins } from "./lists.ts";
import { numberBuiltins } from "./numbers.ts";
import { pathBuiltins } from "./paths.ts";
import { regexBuiltins } from "./regex.ts";
import { stringBuiltins } from "./strings.ts";
import { tomlBuiltins } from "./toml.ts";
import { versionBuiltins } from "./versions.ts";
import { xmlBuiltins } from "./xml.ts";

/** Every function of `builtins`. */
export function allBuiltins(): readonly BuiltinDefinition[] {
  return [
    ...attrBuiltins,
    ...controlBuiltins,
    ...derivationBuiltins,
    ...fileBuiltins,
    ...hashBuiltins,
    ...impureBuiltins,
    ...jsonBuiltins,
    ...listBuiltins,
    ...numberBuiltins,
    ...pathBuiltins,
    ...regexBuiltins,
    ...stringBuiltins,
    ...tomlBuiltins,
    ...versionBuiltins,
    ...xmlBuiltins,
  ];
}

/** The members of `builtins` that are no functions. The version is one whose language we follow. */
export function constants(): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ["true", true],
    ["false", false],
    ["null", null],
    ["nixVersion", "2.28.0"],
    ["langVersion", 6],
    ["storeDir", "/nix/store"],
    ["currentSystem", new Unknown("it depends on the machine that builds the system")],
    ["currentTime", new Unknown("it depends on when the system is built")],
    // nix-plugins puts functions here, which most often decrypt something.
    ["extraBuiltins", new Unknown("a plugin of whoever builds the system gives it")],
    ["nixPath", new Unknown("it depends on the search path of whoever builds the system")],
  ]);
}
