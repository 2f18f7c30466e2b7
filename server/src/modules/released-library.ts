import { Cell, look, NixFunction } from "../eval/value.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { Library } from "./library.ts";
import { makeSystem } from "./nixos-system.ts";

/** The `lib` of one nixpkgs input: the hosts that its `nixosSystem` makes are of that input's release. */
export function releasedLibrary(world: FlakeWorld, release: string | undefined): Cell {
  if (release === undefined) return world.lib;
  return Cell.lazy(() => {
    const library = look(world.lib);
    if (!(library instanceof Library)) return library;
    const nixosSystem = new NixFunction((args) => makeSystem(world.modules, args, release), "lib.nixosSystem");
    return new Library(new Map([...library.cells, ["nixosSystem", Cell.of(nixosSystem)]]), library.missing);
  });
}
