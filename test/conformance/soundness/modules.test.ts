import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budget, Cell, look, NixAttrs, NixList, Unknown, type Value } from "../../../server/src/eval/value.ts";
import { newInterpreter } from "../../../server/src/modules/configuration.ts";
import { moduleSetOf } from "../../../server/src/modules/evaluate-modules.ts";
import { conformance, diskInterpreter, libFolder } from "../interpreter.ts";
import { callWith, disagreement } from "./agrees.ts";
import { DECLARATIONS, type ModuleProgram, modulePrograms } from "./module-program.ts";
import { completions } from "./program.ts";

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
