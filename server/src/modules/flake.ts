import type { Interpreter } from "../eval/interpreter.ts";
import { Cell, look, NixAttrs, NixFunction, Unknown, type Value } from "../eval/value.ts";
import { declaredInputs, FlakeInput, isNixpkgs, NIXPKGS_PATH, NixpkgsInput, releaseOf } from "./flake-inputs.ts";
import { Packages } from "./packages.ts";

/** A flake of the workspace, with its outputs as a lazy value. */
export interface Flake {
  readonly path: string;
  readonly outputs: Value;
  /** Release of the nixpkgs input, and where that is said. */
  readonly release: string | undefined;
}

/** Evaluates `flake.nix` in a directory with inputs that are not fetched. */
export function evaluateFlake(interpreter: Interpreter, directory: string, lib: Cell): Flake | Unknown {
  const path = `${directory === "/" ? "" : directory}/flake.nix`;
  const flake = look(interpreter.evaluateFile(path));
  if (!(flake instanceof NixAttrs)) {
    return flake instanceof Unknown ? flake : new Unknown(`\`${path}\` is not an attribute set`);
  }
  const urls = declaredInputs(flake);
  const outputsCell = flake.get("outputs");
  const fn = outputsCell && look(outputsCell);
  if (!(fn instanceof NixFunction)) {
    return fn instanceof Unknown ? fn : new Unknown(`\`${path}\` has no \`outputs\` function`);
  }
  interpreter.provide(NIXPKGS_PATH, Cell.of(new NixFunction(() => new Packages(lib), "nixpkgs")));
  interpreter.provide(`${NIXPKGS_PATH}/lib`, lib);
  const inputs = new Map<string, Cell>();
  for (const name of fn.formals?.keys() ?? []) if (name !== "self") urls.set(name, urls.get(name));
  for (const [name, url] of urls) {
    inputs.set(name, Cell.of(isNixpkgs(name, url) ? new NixpkgsInput(name, lib) : new FlakeInput(name)));
  }
  const self = new SelfAttrs(directory, () => outputs, inputs);
  inputs.set("self", Cell.of(self));
  const outputs: Cell = Cell.lazy(() => fn.call(Cell.of(new NixAttrs(inputs)), undefined));
  return { path, outputs: look(outputs), release: nixpkgsRelease(urls) };
}

function nixpkgsRelease(urls: ReadonlyMap<string, string | undefined>): string | undefined {
  const main = urls.get("nixpkgs");
  if (main !== undefined) return releaseOf(main);
  for (const [name, url] of urls) if (isNixpkgs(name, url)) return releaseOf(url);
  return undefined;
}

/** `self`: the flake's folder and, lazily, its own outputs. */
class SelfAttrs extends NixAttrs {
  private readonly outputs: () => Cell;
  private readonly own: ReadonlyMap<string, Cell>;
  constructor(directory: string, outputs: () => Cell, inputs: ReadonlyMap<string, Cell>) {
    super(new Map(), undefined);
    this.outputs = outputs;
    const revision = new Unknown("it depends on the commit that is built");
    this.own = new Map<string, Cell>([
      ["outPath", Cell.of(directory)],
      ["inputs", Cell.lazy(() => new NixAttrs(inputs))],
      ["outputs", Cell.lazy(() => outputs().force())],
      ["sourceInfo", Cell.of(NixAttrs.of({ outPath: Cell.of(directory) }))],
      ["_type", Cell.of("flake")],
      ...[
        "rev",
        "shortRev",
        "dirtyRev",
        "dirtyShortRev",
        "revCount",
        "lastModified",
        "lastModifiedDate",
        "narHash",
      ].map((name): [string, Cell] => [name, Cell.of(revision)]),
    ]);
  }
  override get(name: string): Cell | undefined {
    const own = this.own.get(name);
    if (own) return own;
    const set = look(this.outputs());
    return set instanceof NixAttrs
      ? set.get(name)
      : Cell.of(set instanceof Unknown ? set : new Unknown("the flake's outputs are no set"));
  }
  override has(name: string): boolean | Unknown {
    if (this.own.has(name))
      return /^(rev|shortRev|dirty)/.test(name) ? new Unknown("it depends on the commit that is built") : true;
    const set = look(this.outputs());
    return set instanceof NixAttrs ? set.has(name) : set instanceof Unknown ? set : false;
  }
  override names(): string[] {
    const set = look(this.outputs());
    return [...this.own.keys(), ...(set instanceof NixAttrs ? set.names() : [])].sort();
  }
}
