import { apply, settle } from "../eval/builtins/calls.ts";
import type { Interpreter } from "../eval/interpreter.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";
import type { ModuleWorld } from "./module-set.ts";
import { mountingFileOfNixos } from "./nixos-files.ts";
import { makeSystem } from "./nixos-system.ts";
import { NIXPKGS_PATH, Packages } from "./packages.ts";

/** `<nixpkgs>` and what lies in it; every other name depends on who evaluates. */
export function nixpkgsSearchPath(name: string, lib: Cell): Value | undefined {
  if (name === "nixpkgs/lib") return look(lib);
  const path = name.replace(/^nixpkgs/, NIXPKGS_PATH);
  if (PROVIDED.includes(path) || mountingFileOfNixos(path)) return new NixPath(path);
  return undefined;
}

const EVAL_CONFIG = `${NIXPKGS_PATH}/nixos/lib/eval-config.nix`;
const PROVIDED = [NIXPKGS_PATH, `${NIXPKGS_PATH}/nixos`, EVAL_CONFIG];

/** The ways to import the package set; the longer ones pass by what depends on who evaluates. */
const PACKAGES = [
  NIXPKGS_PATH,
  `${NIXPKGS_PATH}/default.nix`,
  `${NIXPKGS_PATH}/pkgs/top-level`,
  `${NIXPKGS_PATH}/pkgs/top-level/default.nix`,
  `${NIXPKGS_PATH}/pkgs/top-level/impure.nix`,
];

/** What `import nixpkgs`, `import "${nixpkgs}/lib"` and the like answer with. */
export function provideNixpkgs(interpreter: Interpreter, world: ModuleWorld): void {
  const packages = Cell.of(new NixFunction((args) => packagesFor(world.lib, args), "nixpkgs"));
  for (const path of PACKAGES) interpreter.provide(path, packages);
  interpreter.provide(`${NIXPKGS_PATH}/lib`, world.lib);
  interpreter.provideBelow(`${NIXPKGS_PATH}/nixos`, NIXOS_FILES);
  const evalConfig = new NixFunction((args) => makeSystem(world, args), "eval-config.nix");
  interpreter.provide(EVAL_CONFIG, Cell.of(evalConfig));
  interpreter.provide(`${NIXPKGS_PATH}/nixos`, Cell.of(new NixFunction((args) => nixosOf(world, args), "nixos")));
}

/** Modules and tests that NixOS has and a configuration imports by itself. */
const NIXOS_FILES = new Unknown("it is one of NixOS' own files", undefined, { soft: true });

/** `import nixpkgs { system = …; }` */
function packagesFor(lib: Cell, args: Cell): Value {
  const given = look(args);
  const of = (name: string) => (given instanceof NixAttrs ? given.get(name) : undefined);
  const local = of("localSystem");
  const platform = local && look(local);
  const system = (platform instanceof NixAttrs ? platform.get("system") : local) ?? of("system");
  const overlays = of("overlays");
  const packages: Packages = new Packages(
    overlays
      ? Cell.lazy(() =>
          overlaidLibrary(
            lib,
            overlays,
            system,
            Cell.lazy(() => packages),
          ),
        )
      : lib,
    system,
  );
  return packages;
}

/**
 * `lib` as the overlays leave it: configurations extend it there with functions of their own, and list modules with
 * them. What overlays make of packages does not matter here. An overlay that cannot be read is taken to leave it alone.
 */
function overlaidLibrary(lib: Cell, overlays: Cell, system: Cell | undefined, final: Cell): Value {
  const list = look(overlays);
  let current = lib;
  for (const item of list instanceof NixList ? list.items : []) {
    if (!(item instanceof Cell)) continue;
    const previous = Cell.of(new Packages(current, system));
    const made = settle(() => apply(item, [final, previous], undefined), undefined);
    if (made instanceof NixAttrs && made.has("lib") === true) current = made.get("lib") ?? current;
  }
  return look(current);
}

/** `import <nixpkgs/nixos> { configuration = …; }` */
function nixosOf(world: ModuleWorld, args: Cell): Value {
  const given = look(args);
  if (!(given instanceof NixAttrs))
    return given instanceof Unknown ? given : new Unknown("it is not called with a set");
  const configuration = given.get("configuration");
  const system = given.get("system");
  const call = NixAttrs.of({
    modules: Cell.of(NixList.of(configuration ? [configuration] : [])),
    ...(system ? { system } : {}),
  });
  return makeSystem(world, Cell.of(call, args.origin, args.slot));
}
