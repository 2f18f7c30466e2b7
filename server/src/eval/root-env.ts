import { Env } from "./scope.ts";
import type { Cell } from "./value.ts";

/** Name of the root environment's function that answers `<name>`. */
export const SEARCH_PATH = "__findFile-of-host";

/** The cell of a global name, seen from any environment. */
export function rootCell(env: Env, name: string): Cell {
  let at = env;
  while (at.up) at = at.up;
  return (at as RootEnv).named(name);
}

/** The outermost environment: the global names. */
export class RootEnv extends Env {
  private readonly indexes: ReadonlyMap<string, number>;
  constructor(cells: Cell[], indexes: ReadonlyMap<string, number>) {
    super(cells, undefined);
    this.indexes = indexes;
  }
  named(name: string): Cell {
    return this.cells[this.indexes.get(name) as number] as Cell;
  }
}
