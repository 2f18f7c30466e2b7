import { type Cell, look, NixAttrs } from "../eval/value.ts";
import { unwrap } from "./definition.ts";
import type { LoadedModule } from "./load-modules.ts";

/**
 * How many names of a path are told apart: `systemd.services.x` is, what is inside of it is not. More would
 * evaluate values that nobody asked for.
 */
const DEPTH = 3;

/** The option paths at or below which a module may define something. Evaluates the sets around them. */
export function definedPaths({ config }: LoadedModule): string[][] {
  const paths: string[][] = [];
  const visit = (cells: readonly Cell[], path: readonly string[]): void => {
    for (const cell of cells) {
      const set = look(cell);
      if (!isPlainSet(set) || path.length === DEPTH) {
        paths.push([...path]);
        continue;
      }
      for (const [name, inner] of set.cells) {
        if (path.length + 1 === DEPTH) paths.push([...path, name]);
        else visit(definitionCells(inner), [...path, name]);
      }
    }
  };
  if (config)
    visit(
      unwrap([config]).map(({ cell }) => cell),
      [],
    );
  return paths;

  function definitionCells(cell: Cell): Cell[] {
    return config ? unwrap([config.with(cell)]).map((definition) => definition.cell) : [];
  }
}

/** The option paths at or below which a module declares options. */
export function declaredPaths({ options }: LoadedModule): string[][] {
  const paths: string[][] = [];
  const visit = (cell: Cell, path: readonly string[]): void => {
    const set = look(cell);
    const isGroup = isPlainSet(set) && set.get("_type") === undefined;
    if (!isGroup || path.length === DEPTH) paths.push([...path]);
    else for (const [name, inner] of set.cells) visit(inner, [...path, name]);
  };
  if (options) visit(options.cell, []);
  return paths;
}

/** Whether all names of a set are known and none is computed on demand. */
function isPlainSet(value: unknown): value is NixAttrs {
  return value instanceof NixAttrs && value.constructor === NixAttrs && !value.open;
}
