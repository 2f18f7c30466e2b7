import type { Program } from "../syntax/expr.ts";
import { GLOBAL_NAMES } from "../syntax/global-names.ts";
import { type AheadProgram, readAhead } from "./ahead-program.ts";
import { budget } from "./budget.ts";
import { type Builtins, builtinFunction } from "./builtin.ts";
import { allBuiltins, constants } from "./builtins/all.ts";
import { positionOf } from "./builtins/position.ts";
import { type Code, Compiler } from "./compile.ts";
import type { FileSource } from "./file-source.ts";
import { LIBRARY, libraryText } from "./lib/library.ts";
import { namedPaths, withoutDots } from "./named-paths.ts";
import { placeOf, type Site } from "./origin.ts";
import { parsedAhead } from "./parsed-ahead.ts";
import { isWithin } from "./path-name.ts";
import { RootEnv, SEARCH_PATH } from "./root-env.ts";
import { Env, type Scope } from "./scope.ts";
import { Cell, look, NixAttrs, NixFunction, register, Unknown, type Value } from "./value.ts";

/** Where the interpreter gets its programs from; parsing is somebody else's. */
export interface ProgramSource {
  /** The parsed file, or why there is none. */
  program(path: string): Program | { readonly why: string };
  /** Parses text that is no file of the workspace (the built-in library, tests). */
  parse(path: string, text: string): Program;
}

export interface InterpreterOptions {
  readonly files: FileSource;
  readonly programs: ProgramSource;
  /** What `<name>` means; everything else is Unknown. */
  readonly searchPath?: (name: string) => Value | undefined;
  /** Steps one interpreter may take in all. */
  readonly fuel?: number;
  /** How deep values may nest while they are computed; more needs a larger stack than Node's own. */
  readonly maxDepth?: number;
}

/** Compiled root code of a program; programs are immutable, so it is valid as long as they live. */
const compiled = new WeakMap<Program, Code>();

/**
 * Evaluates Nix. One interpreter is one view of the files: when a file changes, make a new one (parsed
 * and compiled files are kept outside, so that costs little).
 */
export class Interpreter {
  readonly files: FileSource;
  private readonly programs: ProgramSource;
  private readonly imports = new Map<string, Cell>();
  private readonly root: RootEnv;
  private readonly scope: Scope;
  /** Files evaluated so far, in order of first use. */
  readonly evaluated = new Set<string>();
  /** Files that programs imported. What becomes of their values cannot be told. */
  readonly imported = new Set<string>();
  /** The `builtins` set. */
  readonly builtins: NixAttrs;
  /** Files as they were when their values were computed. */
  private readonly run = new Map<string, Program>();
  private readonly below: (readonly [folder: string, value: Value])[] = [];
  private library: Cell | undefined;
  private fetched: ((url: string) => Value | undefined) | undefined;

  constructor(options: InterpreterOptions) {
    this.files = options.files;
    this.programs = options.programs;
    budget.renew(options.fuel, options.maxDepth);
    const { cells, names, builtins } = this.globals(options.searchPath);
    this.root = new RootEnv(cells, names);
    this.scope = { names, up: undefined };
    this.builtins = builtins;
  }

  /** The value of a file, as `import` gives it. Never throws; not having the file is Unknown. */
  evaluateFile(path: string): Cell {
    const known = this.imports.get(path);
    if (known) return known;
    const other = this.below.find(([folder]) => isWithin(path, folder))?.[1];
    const cell = other === undefined ? Cell.lazy(() => this.runFile(path)) : Cell.of(other);
    this.imports.set(path, cell);
    return cell;
  }

  /** Forgets the value of a file that has a new text. Values that were made of it stay what they are. */
  forgetFile(path: string): void {
    this.imports.delete(path);
  }

  /**
   * Whether the new text of a file names an imported file no more that its old text named, so that nothing may import that
   * file any longer. Told by paths that are written out.
   */
  dropsImport(path: string): boolean {
    const before = this.run.get(path);
    if (!before || this.imported.size === 0) return false;
    const now = this.programs.program(path);
    const kept = "why" in now ? new Set<string>() : namedPaths(now);
    const dropped = [...namedPaths(before)].filter((name) => !kept.has(name)).map(withoutDots);
    return dropped.some((name) => [...this.imported].some((file) => file.includes(name)));
  }

  /** The value of a text; relative paths start at `path`'s directory. */
  evaluateText(text: string, path = "/text.nix"): Cell {
    return this.evaluateProgram(this.programs.parse(path, text));
  }

  evaluateProgram(program: Program): Cell {
    return Cell.lazy(() => this.code(program)(this.root));
  }

  /** Lets `import` of a path outside the workspace answer with a value of ours. */
  provide(path: string, cell: Cell): void {
    this.imports.set(path, cell);
  }

  /** Lets `import` of whatever else lies below a folder outside the workspace answer with a value of ours. */
  provideBelow(folder: string, value: Value): void {
    this.below.push([folder, value]);
  }

  /** Lets builtins that fetch a folder answer with a value of ours, by its address. */
  provideFetched(fetched: (url: string) => Value | undefined): void {
    this.fetched = fetched;
  }

  /** Our own `lib`: an open set, so that a function it lacks is Unknown by name. */
  get lib(): Cell {
    this.library ??= Cell.lazy(() => {
      const program = libraryProgram(this.programs);
      return this.evaluateProgram(program).force();
    });
    return this.library;
  }

  private runFile(path: string): Value {
    const program = this.programs.program(path);
    if ("why" in program) {
      register.origin = undefined;
      return new Unknown(program.why);
    }
    this.evaluated.add(path);
    this.run.set(path, program);
    return this.code(program)(this.root);
  }

  /** A file with the attributes of a set as names around it. */
  private runWith(added: NixAttrs, path: string): Value {
    const program = this.programs.program(path);
    if ("why" in program) return new Unknown(program.why);
    if (added.open) return added.open;
    this.evaluated.add(path);
    const known = added.names();
    const scope: Scope = { names: new Map(known.map((name, index) => [name, index])), up: this.scope };
    const env = new Env(
      known.map((name) => added.get(name) as Cell),
      this.root,
    );
    return new Compiler(program.path).delay(program.root, scope)(env);
  }

  private code(program: Program): Code {
    let code = compiled.get(program);
    if (!code) {
      code = new Compiler(program.path).delay(program.root, this.scope);
      compiled.set(program, code);
    }
    return code;
  }

  private globals(searchPath: InterpreterOptions["searchPath"]) {
    const world: Builtins = {
      files: this.files,
      importFile: (path) => this.evaluateFile(this.noted(this.fileToImport(path))).force(),
      importWith: (names, path) => this.runWith(names, this.noted(this.fileToImport(path))),
      fetched: (url) => this.fetched?.(url),
    };
    const set = new Map<string, Cell>();
    for (const [name, value] of constants()) set.set(name, Cell.of(value));
    for (const definition of allBuiltins()) {
      set.set(definition.name, Cell.of(builtinFunction(definition, world)));
    }
    const builtins = new NixAttrs(set);
    set.set("builtins", Cell.of(builtins));
    const find = new NixFunction((arg, at) => this.findFile(look(arg), at, searchPath), "findFile");
    const names = new Map<string, number>();
    const cells: Cell[] = [];
    const bind = (name: string, cell: Cell) => {
      names.set(name, cells.length);
      cells.push(cell);
    };
    bind("builtins", Cell.of(builtins));
    for (const name of GLOBAL_NAMES) {
      const cell = set.get(name);
      if (cell) bind(name, cell);
    }
    for (const [name, cell] of set) bind(`__${name}`, cell);
    bind(SEARCH_PATH, Cell.of(find));
    bind("__positionOf", Cell.of(new NixFunction((arg, at) => positionOf(arg.slot, { world, at }), "__positionOf")));
    return { cells, names, builtins };
  }

  private noted(path: string): string {
    this.imported.add(path);
    return path;
  }

  /** `import ./dir` means `./dir/default.nix`. */
  private fileToImport(path: string): string {
    return this.files.kind(path) === "directory" ? `${path === "/" ? "" : path}/default.nix` : path;
  }

  private findFile(name: Value, at: Site | undefined, searchPath: InterpreterOptions["searchPath"]): Value {
    const text = typeof name === "string" ? name : "";
    register.origin = at;
    return (
      searchPath?.(text) ?? new Unknown(`\`<${text}>\` is outside the workspace`, at && placeOf(at), { soft: true })
    );
  }
}

/** The library is the same text for everybody: read once a process. */
let libraryCache: Program | undefined;
function libraryProgram(programs: ProgramSource): Program {
  const ahead = parsedAhead[LIBRARY];
  libraryCache ??= ahead === undefined ? programs.parse(LIBRARY, libraryText) : programAhead(ahead);
  return libraryCache;
}

function programAhead(ahead: AheadProgram): Program {
  return { ...readAhead(ahead), path: LIBRARY, text: libraryText };
}
