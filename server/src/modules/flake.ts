import { normalisePath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, Unknown, type Value } from "../eval/value.ts";
import {
  type DeclaredInput,
  declaredInputs,
  FlakeInput,
  isNixpkgs,
  type Lock,
  lockBeside,
  NixpkgsInput,
  releaseOf,
  settledReleaseOf,
  UnseenInputs,
} from "./flake-inputs.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { frameworkInput } from "./frameworks/framework-inputs.ts";
import { frameworkOf, hasKnownModules } from "./frameworks/known-flakes.ts";
import { revisionTime } from "./known-revisions.ts";
import { releasedLibrary } from "./released-library.ts";
import { SelfAttrs } from "./self-attrs.ts";

/** A flake of the workspace, with its outputs as a lazy value. */
export interface Flake {
  readonly path: string;
  readonly outputs: Value;
  /** Release of the nixpkgs input, and where that is said. */
  readonly release: string | undefined;
  /** For a release that one of the inputs has, the last one of which it certainly has every change. */
  settled(release: string): string | undefined;
  /** When the locked revision of impermanence was made, in seconds since 1970. */
  readonly impermanenceAt: number | undefined;
  /** The same of microvm.nix. */
  readonly microvmAt: number | undefined;
}

/** Evaluates `flake.nix` in a directory; inputs that are folders of the workspace are read, the others modelled. */
export function evaluateFlake(world: FlakeWorld, directory: string): Flake | Unknown {
  const opened = openFlake(world, directory, NOT_GIVEN);
  if (opened instanceof Unknown) return opened;
  const { path, outputs, declared } = opened;
  return {
    path,
    outputs: look(outputs),
    release: nixpkgsRelease(declared),
    settled: (release) => settledRelease(declared, release),
    impermanenceAt: lockedAt(declared, "impermanence", /[/:]impermanence(\.git)?(\/|\?|$)/),
    microvmAt: lockedAt(declared, "microvm", /[/:]microvm\.nix(\.git)?(\/|\?|$)/),
  };
}

/** The inputs of a flake of the workspace, without its `self`. */
export function inputsOfFlake(world: FlakeWorld, directory: string): ReadonlyMap<string, Cell> | Unknown {
  const opened = openFlake(world, directory, NOT_GIVEN);
  if (opened instanceof Unknown) return opened;
  return new Map([...opened.inputs].filter(([name]) => name !== "self"));
}

interface OpenedFlake {
  readonly path: string;
  readonly outputs: Cell;
  readonly self: SelfAttrs;
  readonly inputs: ReadonlyMap<string, Cell>;
  readonly declared: ReadonlyMap<string, DeclaredInput>;
}

/** What a flake is given by the one around it. */
interface Given {
  /** Replacements of inputs: what the flake around lets them follow. */
  readonly inputs: ReadonlyMap<string, Cell>;
  /** The folders that lead here. */
  readonly around: readonly string[];
  /** What it is locked to; left out, a file beside it says so. */
  readonly lock?: Lock;
}

const NOT_GIVEN: Given = { inputs: new Map(), around: [] };

function openFlake(world: FlakeWorld, directory: string, given: Given): OpenedFlake | Unknown {
  const path = `${directory === "/" ? "" : directory}/flake.nix`;
  const flake = look(world.interpreter.evaluateFile(path));
  if (!(flake instanceof NixAttrs)) {
    return flake instanceof Unknown ? flake : new Unknown(`\`${path}\` is not an attribute set`);
  }
  const outputsCell = flake.get("outputs");
  const fn = outputsCell && look(outputsCell);
  if (!(fn instanceof NixFunction)) {
    return fn instanceof Unknown ? fn : new Unknown(`\`${path}\` has no \`outputs\` function`);
  }
  const lock = given.lock ?? lockBeside(directory, world.files);
  const declared = declaredInputs(flake, [...(fn.formals?.keys() ?? [])], lock);
  const inputs = new Map<string, Cell>();
  const self = new SelfAttrs(directory, () => outputs, inputs);
  const here: Folder = { world, directory, inputs, self, around: [...given.around, directory] };
  for (const [name, input] of declared) inputs.set(name, given.inputs.get(name) ?? inputOf(name, input, here));
  inputs.set("self", Cell.of(self));
  const outputs: Cell = Cell.lazy(() => fn.call(Cell.of(new NixAttrs(inputs)), undefined));
  return { path, outputs, self, inputs, declared };
}

/** The flake whose inputs are looked at. */
interface Folder {
  readonly world: FlakeWorld;
  readonly directory: string;
  readonly inputs: ReadonlyMap<string, Cell>;
  readonly self: SelfAttrs;
  readonly around: readonly string[];
}

function inputOf(name: string, input: DeclaredInput, here: Folder): Cell {
  const { follows, url } = input;
  if (follows) return Cell.lazy(() => followed(name, follows, here));
  const folder = url === undefined ? undefined : relativeFolder(url, here);
  if (folder !== undefined) return Cell.lazy(() => openInput(name, folder, input, here));
  return storedInput(name, input, here) ?? outsideInput(name, input, here.world);
}

/**
 * An input whose files the user lets us read from the Nix store. What is modelled stays so: the modules of nixpkgs and
 * those that persist are better known by what they mean than by what they say.
 */
function storedInput(name: string, input: DeclaredInput, here: Folder): Cell | undefined {
  const { locked, url, isFlake } = input;
  if (!locked || isNixpkgs(name, url) || hasKnownModules(name, url)) return undefined;
  if (isFlake && frameworkOf(name, url)) return undefined;
  const folder = here.world.files.stored?.(locked.narHash);
  if (folder === undefined) return undefined;
  return Cell.lazy(() => openInput(name, folder, input, { ...here, lock: locked.lock }));
}

/** A flake by what is known of its address and, in seconds since 1970, of its revision. */
export function outsideFlake(
  name: string,
  url: string | undefined,
  lockedAt: number | undefined,
  world: FlakeWorld,
): Cell {
  return outsideInput(name, { ...UNSEEN, url, lockedAt }, world);
}

/** An input by what is known of its address or name. */
function outsideInput(name: string, input: DeclaredInput, world: FlakeWorld): Cell {
  const { url, isFlake } = input;
  if (isNixpkgs(name, url)) return Cell.of(new NixpkgsInput(name, releasedLibrary(world, releaseOf(input))));
  const framework = isFlake ? frameworkOf(name, url) : undefined;
  return framework
    ? frameworkInput(framework, input, world)
    : Cell.of(new FlakeInput(name, url, nixpkgsOf(world), isFlake));
}

/** The inputs of an input that cannot be seen: what is called like nixpkgs is nixpkgs. */
function nixpkgsOf(world: FlakeWorld): Cell {
  return Cell.lazy(() => new UnseenInputs((name) => outsideInput(name, UNSEEN, world)));
}

/** The input that `a/b` means: the input `b` of the input `a`; by its name, where that cannot be seen. */
function followed(name: string, path: readonly string[], here: Folder): Value {
  let value: Value = here.self;
  for (const [index, step] of path.entries()) {
    const inputs: Value | undefined = index === 0 ? new NixAttrs(here.inputs) : inputsIn(value);
    const cell: Cell | undefined = inputs instanceof NixAttrs ? inputs.get(step) : undefined;
    if (!cell) {
      const last = path.at(-1) ?? name;
      return look(outsideInput(last, UNSEEN, here.world));
    }
    value = look(cell);
  }
  return value;
}

const UNSEEN: DeclaredInput = {
  url: undefined,
  lockedAt: undefined,
  follows: undefined,
  overrides: new Map(),
  isFlake: true,
};

function inputsIn(flake: Value): Value | undefined {
  const cell = flake instanceof SelfAttrs ? flake.get("inputs") : undefined;
  return cell && look(cell);
}

/**
 * The folder of the workspace that `./x`, `path:x`, `git+file:.` and the like name, with the `dir` that lies in it. A
 * path without a scheme is relative only when it starts with a dot: else it is a name of the registry.
 */
function relativeFolder(url: string, { world, directory }: Folder): string | undefined {
  const [address = "", query = ""] = url.split("?");
  const [, scheme = "", path = ""] = /^(path:|git\+file:(?:\/\/)?|file:(?:\/\/)?)?(.*)$/.exec(address) ?? [];
  const inside = /(?:^|&)dir=([^&]*)/.exec(query)?.[1];
  const isAbsolute = path.startsWith("/");
  if (!isAbsolute && scheme === "" && !/^\.{1,2}(\/|$)/.test(path)) return undefined;
  if (path === "" || scheme === "file:") return undefined;
  const base = isAbsolute ? path : `${directory}/${path}`;
  const folder = normalisePath(inside === undefined ? base : `${base}/${inside}`);
  return world.files.covers(folder) && world.files.kind(folder) === "directory" ? folder : undefined;
}

/** An input whose folder can be read. */
function openInput(name: string, folder: string, input: DeclaredInput, here: Folder & { lock?: Lock }): Value {
  if (!input.isFlake) return NixAttrs.of({ outPath: Cell.of(folder) });
  if (here.around.includes(folder)) return folder === here.directory ? here.self : new FlakeInput(name);
  const inputs = new Map(
    [...input.overrides].map(([inner, path]): [string, Cell] => [inner, Cell.lazy(() => followed(inner, path, here))]),
  );
  const { around, lock } = here;
  const opened = openFlake(here.world, folder, { inputs, around, ...(lock ? { lock } : {}) });
  return opened instanceof Unknown ? opened : opened.self;
}

function nixpkgsRelease(inputs: ReadonlyMap<string, DeclaredInput>): string | undefined {
  const main = inputs.get("nixpkgs");
  if (main?.url !== undefined) return releaseOf(main);
  for (const [name, input] of inputs) if (isNixpkgs(name, input.url)) return releaseOf(input);
  return undefined;
}

/** The oldest that it may be, where several inputs may be the one with this release. */
function settledRelease(inputs: ReadonlyMap<string, DeclaredInput>, release: string): string | undefined {
  const settled = [...inputs].flatMap(([name, input]) =>
    isNixpkgs(name, input.url) && releaseOf(input) === release ? [settledReleaseOf(input)] : [],
  );
  return settled.includes(undefined) ? undefined : settled.sort()[0];
}

/** The date of the one input with an address or, without one, with a name. */
function lockedAt(inputs: ReadonlyMap<string, DeclaredInput>, named: string, address: RegExp): number | undefined {
  const found = [...inputs].filter(([name, { url }]) => (url === undefined ? name === named : address.test(url)));
  const [, input] = found.length === 1 ? (found[0] ?? []) : [];
  return input?.lockedAt ?? revisionTime(input?.url);
}
