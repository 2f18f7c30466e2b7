import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budget } from "../../../server/src/eval/budget.ts";
import { Cell, look, NixAttrs, NixList, Unknown, type Value } from "../../../server/src/eval/value.ts";
import { newInterpreter } from "../../../server/src/modules/configuration.ts";
import { moduleSetOf } from "../../../server/src/modules/evaluate-modules.ts";
import { conformance, diskInterpreter, libFolder } from "../interpreter.ts";
import { callWith, disagreement } from "./agrees.ts";
import { DECLARATIONS, type ModuleProgram, modulePrograms } from "./module-program.ts";
import { completions, type Type } from "./program.ts";

/*
 * The merged configuration of modules of which something is unknown must not claim anything that the same modules
 * deny once it is known: no value, no element, no attribute, no "nobody sets this", and no mistake.
 */

const { programs: sources } = await diskInterpreter([conformance, libFolder]);
const { interpreter, lib, world } = newInterpreter({ files: sources.files, programs: sources, nixFiles: [] });
const texts = new Map<string, Cell>();

function completed(text: string): Cell {
  const known = texts.get(text) ?? interpreter.evaluateProgram(sources.parse("/completion.nix", text));
  texts.set(text, known);
  return known;
}

const declarations = interpreter.evaluateProgram(sources.parse("/declarations.nix", DECLARATIONS));

interface Merged {
  readonly config: Value;
  readonly problems: () => ReadonlySet<string>;
  /** A module that fails: nothing of the host could be built. */
  readonly fails: () => boolean;
}

function merge(fn: Cell, unknowns: readonly Cell[], free: boolean): Merged {
  budget.fuel = 5_000_000;
  budget.depth = 0;
  const given = Object.fromEntries(unknowns.map((cell, index) => [`u${index}`, cell]));
  const generated = Cell.lazy(() => callWith(fn, Cell.of(NixAttrs.of({ lib, ...given }))));
  const declared = Cell.of(NixAttrs.of({ imports: Cell.of(NixList.of([declarations])) }));
  const modules = Cell.of(NixList.of([declared, Cell.of(NixAttrs.of({ imports: generated }))]));
  const set = moduleSetOf(world, NixAttrs.of({ modules }), "/modules.nix", free ? "world" : "closed");
  return {
    config: look(set.config),
    fails: () => set.opaque.length > 0,
    problems: () => new Set(set.problems.map((problem) => `${problem.kind} ${problem.path.join(".")}`)),
  };
}

function violation(program: ModuleProgram, free: boolean): string | undefined {
  const parsed = sources.parse("/modules.nix", program.text);
  if (parsed.problems[0]) return `does not parse: ${parsed.problems[0].message}`;
  const fn = interpreter.evaluateProgram(parsed);
  const hidden = program.unknowns.map((type, index) =>
    Cell.of(new Unknown(`u${index} is hidden`, undefined, { soft: type === "bool" && index === 1 })),
  );
  const part = merge(fn, hidden, free);
  for (const chosen of completions(program.unknowns)) {
    const whole = merge(fn, chosen.map(completed), free);
    if (whole.fails()) continue;
    const wrong = disagreement(part.config, whole.config, "config", { lenient: true });
    const told = [...part.problems()].filter(
      (problem) => !whole.problems().has(problem) && !isUnknownAt(whole.config, problem.split(" ")[1] ?? ""),
    );
    const text = chosen.map((one, index) => `u${index} = ${one}`).join(", ");
    if (wrong) return `with ${text}: ${wrong}`;
    if (told.length > 0) return `with ${text}: no problem is: ${told.join("; ")}`;
  }
  return undefined;
}

/** Whether an option has no value, because something else is wrong with it. */
function isUnknownAt(config: Value, path: string): boolean {
  let value = config;
  for (const name of path.split(".")) {
    const cell: Cell | undefined = value instanceof NixAttrs ? value.get(name) : undefined;
    if (!cell) return value instanceof Unknown;
    value = look(cell);
  }
  return value instanceof Unknown;
}

/** What the generator found once, in few words. */
const FOUND: readonly (readonly [unknowns: readonly Type[], modules: string])[] = [
  [["bool"], "{ n = lib.mkIf u0 1; }"],
  [
    ["bool", "bool"],
    '{ config = lib.optionalAttrs (let x = if u0 then y else u0; y = if u1 then u0 else x; in y) { s = "o"; } // { co = builtins.filter (x: if x == 1 then throw "no" else u0) [ 1 ]; free.i = 1; }; }',
  ],
  [["bool"], '{ s = lib.mkIf u0 (throw "no"); }'],
  [["bool"], "({ config, ... }: { s = lib.mkIf u0 config.s; })"],
  [["bool"], "{ imports = lib.optional u0 { any = { a = [ 1 ]; }; }; }"],
  [["bool"], "{ e = lib.mkMerge [ (lib.mkIf u0 (lib.mkOverride 60 [ 1 ])) 2 ]; }"],
  [["bool"], '{ en = lib.mkIf u0 "wrong"; }'],
  [["bool"], "{ free.a.b = 1; } { free.a = lib.mkIf u0 (lib.mkForce { a = 1; }); }"],
  [["bool"], "{ a = lib.mkIf u0 { b = true; }; }"],
  [["set"], "{ sub = lib.mapAttrs (n: x: { inherit x; }) u0; } { sub.b.ys = [ 1 ]; }"],
  [["set"], "{ al = lib.mapAttrs (n: v: [ v ]) u0; } { al.a = [ 7 ]; }"],
  [["bool"], "{ a = lib.mkIf u0 { a = 1; }; } ({ config, ... }: { i = with { a = 5; }; with config.a; a; })"],
  [
    ["bool"],
    "({ config, ... }: { imports = if u0 then [ { a.b = lib.mkMerge (lib.optional (config.a ? a) config.i); } ] else [ ]; })",
  ],
];

describe("what was found once", () => {
  it.each(FOUND)("%j %s", (unknowns, modules) => {
    const formals = ["lib", ...unknowns.map((_, index) => `u${index}`)].join(", ");
    const program = { unknowns, text: `{ ${formals} }: [ ${modules} ]` };
    expect([violation(program, false), violation(program, true)]).toEqual([undefined, undefined]);
  });
});

describe.each([
  ["declared options", false],
  ["options that nobody declares", true],
])("modules with unknown values and %s", (_name, free) => {
  const numRuns = Number(process.env.SOUNDNESS_RUNS ?? 150);
  const seed = process.env.SOUNDNESS_SEED ? Number(process.env.SOUNDNESS_SEED) : undefined;
  for (const count of [1, 2]) {
    it(`say nothing that a completion denies, with ${count} of them`, { timeout: 600_000 }, () => {
      fc.assert(
        fc.property(modulePrograms(count, free), (program) => {
          expect(violation(program, free), program.text).toBeUndefined();
        }),
        { numRuns, ...(seed === undefined ? {} : { seed }) },
      );
    });
  }
});
