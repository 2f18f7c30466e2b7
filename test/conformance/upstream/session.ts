import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { callable } from "../../../server/src/eval/coerce.ts";
import { Interpreter } from "../../../server/src/eval/interpreter.ts";
import { NixError } from "../../../server/src/eval/nix-error.ts";
import { normalisePath } from "../../../server/src/eval/path-name.ts";
import { whyPerhaps } from "../../../server/src/eval/set-shape.ts";
import { Cell, NixAttrs, NixFunction, NixList, NixPath, Unknown, type Value } from "../../../server/src/eval/value.ts";
import { loadParser, type NixParser } from "../../../server/src/syntax/parser.ts";
import { DiskFiles } from "../../../server/src/workspace/disk-files.ts";
import { ProgramStore } from "../../../server/src/workspace/program-store.ts";

/** What one call of the evaluator is about, in the words of `nix-instantiate --eval`. */
export interface Request {
  /** Folders that may be read. */
  readonly roots: readonly string[];
  readonly cwd: string;
  readonly file?: string | undefined;
  readonly expression?: string | undefined;
  /** `-A`: attributes to descend into. */
  readonly attribute?: string | undefined;
  /** `--arg` and `--argstr`: expressions by name. */
  readonly args?: ReadonlyMap<string, string>;
  /** `--option abort-on-warn true`. */
  readonly abortOnWarning?: boolean;
  /** `-I` and NIX_PATH: `name=folder` or `folder`. */
  readonly searchPath?: readonly string[];
}

/** Parsed files are shared by all requests of a process. */
export class Session {
  private readonly stores = new Map<string, ProgramStore>();
  private readonly parser: NixParser;
  private constructor(parser: NixParser) {
    this.parser = parser;
  }

  static async start(wasm: { runtime: string; grammar: string }): Promise<Session> {
    return new Session(
      await loadParser(
        { runtime: readFileSync(wasm.runtime), grammar: readFileSync(wasm.grammar) },
        { maxLength: 8 * 1024 * 1024 },
      ),
    );
  }

  store(roots: readonly string[]): ProgramStore {
    const key = roots.join(":");
    const store = this.stores.get(key) ?? new ProgramStore(this.parser, new DiskFiles(roots));
    this.stores.set(key, store);
    return store;
  }

  /** The value that a request asks for; syntax errors are thrown as they are in Nix. */
  evaluate(request: Request): Value {
    const programs = this.store(request.roots);
    const search = (name: string) => lookUp(name, request, programs.files);
    const interpreter = new Interpreter({
      files: programs.files,
      programs,
      fuel: 2_000_000_000,
      maxDepth: 30_000,
      searchPath: search,
    });
    if (request.abortOnWarning) {
      const abort = interpreter.builtins.get("abort") as Cell;
      (interpreter.builtins.cells as Map<string, Cell>).set("warn", abort);
    }
    const text = (expression: string) => {
      const program = programs.parse(resolve(request.cwd, "argument.nix"), expression);
      const [problem] = program.problems;
      if (problem) throw new NixError("other", `syntax error: ${problem.message}`);
      return interpreter.evaluateProgram(program).force();
    };
    const start = () => {
      if (request.expression !== undefined) return text(request.expression);
      const path = normalisePath(resolve(request.cwd, request.file ?? ""));
      const program = programs.program(path);
      if ("why" in program) throw new NixError("other", program.why);
      const [problem] = program.problems;
      if (problem) throw new NixError("other", `syntax error: ${problem.message}`);
      return interpreter.evaluateFile(path).force();
    };
    const args = new Map([...(request.args ?? [])].map(([name, code]) => [name, Cell.lazy(() => text(code))]));
    let value = autoCall(start(), args);
    for (const name of stepsOf(request.attribute ?? "")) {
      if (value instanceof Unknown) return value;
      if (value instanceof NixList) {
        const item = value.items[Number(name)];
        if (!(item instanceof Cell)) throw new NixError("missing", `there is no element ${name}`);
        value = autoCall(item.force(), args);
        continue;
      }
      if (!(value instanceof NixAttrs)) throw new NixError("type", `there is no set to take '${name}' from`);
      const cell = value.get(name);
      const perhaps = cell ? undefined : whyPerhaps(value, name);
      if (perhaps) return perhaps;
      if (!cell)
        throw new NixError("missing", `attribute '${name}' in selection path '${request.attribute}' not found`);
      value = autoCall(cell.force(), args);
    }
    return value;
  }
}

/** `a."b.c".0` as its steps. */
function stepsOf(attribute: string): string[] {
  return [...attribute.matchAll(/"([^"]*)"|[^.]+/g)].map(([step, quoted]) => quoted ?? step);
}

/** Functions of a set are called with the arguments given, as the command does. */
function autoCall(value: Value, args: ReadonlyMap<string, Cell>): Value {
  if (!(value instanceof NixFunction) || !value.formals) return value;
  const given = [...args].filter(([name]) => value.ellipsis || value.formals?.has(name));
  return callable(value)(Cell.of(NixAttrs.of(Object.fromEntries(given))));
}

function lookUp(name: string, request: Request, files: ProgramStore["files"]): Value {
  for (const entry of request.searchPath ?? []) {
    const [, prefix, folder = ""] = /^(?:([^=]*)=)?(.*)$/.exec(entry) ?? [];
    let rest = name;
    if (prefix) {
      if (name !== prefix && !name.startsWith(`${prefix}/`)) continue;
      rest = name.slice(prefix.length + 1);
    }
    const path = normalisePath(`${resolve(request.cwd, folder)}/${rest}`);
    if (files.covers(dirname(path)) && files.kind(path) !== undefined) return new NixPath(path);
  }
  throw new NixError("throw", `file '${name}' was not found in the Nix search path`);
}
