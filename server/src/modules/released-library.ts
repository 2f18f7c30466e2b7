import { Cell, look, NixAttrs, NixFunction, type Value } from "../eval/value.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { Library } from "./library.ts";
import { makeSystem } from "./nixos-system.ts";

/** The `lib` of one nixpkgs input: the hosts that its `nixosSystem` makes are of that input's release. */
export function releasedLibrary(world: FlakeWorld, release: string | undefined): Cell {
  if (release === undefined) return world.lib;
  const released: Cell = Cell.lazy(() => {
    const library = look(world.lib);
    if (!(library instanceof Library)) return library;
    const nixosSystem = new NixFunction(
      (args) => makeSystem(world.modules, args, { release, lib: released }),
      "lib.nixosSystem",
    );
    const cells = new Map([...library.cells, ["nixosSystem", Cell.of(nixosSystem)]]);
    if (release !== "unstable")
      cells.set(
        "trivial",
        Cell.lazy(() => trivial(library, release)),
      );
    return new Library(cells, library.missing);
  });
  return released;
}

/** `lib.trivial` with the number of the release, by which configurations choose between options of several. */
function trivial(library: Library, release: string): Value {
  const plain = look(library.get("trivial") as Cell);
  if (!(plain instanceof NixAttrs)) return plain;
  return new Library(new Map([...plain.cells, ["release", Cell.of(release)]]), library.missing, "lib.trivial");
}
