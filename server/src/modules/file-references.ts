import { normalisePath, parentPath } from "../eval/path-name.ts";
import type { Expr, Program } from "../syntax/expr.ts";
import { children } from "../syntax/walk.ts";

/** Which files of a list name which others by literal paths; a folder means its `default.nix` and all that lies below. */
export class FileReferences {
  private readonly direct: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly files: ReadonlySet<string>;

  constructor(programs: readonly Program[]) {
    this.files = new Set(programs.map(({ path }) => path));
    this.direct = new Map(programs.map((program) => [program.path, literalPaths(program)]));
  }

  /** Whether another file names this one, or the folder whose `default.nix` it is. */
  isReferred(path: string): boolean {
    this.referred ??= new Set([...this.direct.values()].flatMap((paths) => [...paths].flatMap(withDefault)));
    return this.referred.has(path);
  }
  private referred: ReadonlySet<string> | undefined;

  /** Whether the file names a Nix file or a folder that is not there: a mistake, or not written yet. */
  missesFile(path: string): boolean {
    return [...(this.direct.get(path) ?? [])].some(
      (named) =>
        /(^|\/)[^./]+(\.nix)?$/.test(named) &&
        !withDefault(named).some((file) => this.files.has(file)) &&
        this.filesBelow(named).length === 0,
    );
  }

  /** The files that can be reached from one, itself included. `below`: whether a named folder stands for all in it. */
  reachable(from: string, below: boolean): ReadonlySet<string> {
    const found = new Set([from]);
    for (const path of found) {
      for (const named of this.direct.get(path) ?? []) {
        for (const file of withDefault(named)) if (this.files.has(file)) found.add(file);
        if (below && !this.files.has(named)) for (const file of this.filesBelow(named)) found.add(file);
      }
    }
    return found;
  }

  private filesBelow(folder: string): string[] {
    return [...this.files].filter((path) => path.startsWith(`${folder}/`));
  }
}

const withDefault = (path: string): string[] => [path, `${path}/default.nix`];

function literalPaths(program: Program): Set<string> {
  const found = new Set<string>();
  const directory = parentPath(program.path);
  const visit = (expr: Expr): void => {
    const first = expr.kind === "path" ? expr.parts[0] : undefined;
    if (expr.kind === "path" && first?.kind === "chunk") {
      // Of `./hosts/${name}` the folder is known.
      const text = expr.parts.length === 1 ? first.text : first.text.slice(0, first.text.lastIndexOf("/"));
      const path = normalisePath(text.startsWith("/") ? text : `${directory}/${text}`);
      if (path !== program.path && path !== "/") found.add(path);
    }
    for (const child of children(expr)) visit(child);
  };
  visit(program.root);
  return found;
}
