import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callable } from "../../server/src/eval/coerce.ts";
import { toJson } from "../../server/src/eval/json.ts";
import { Cell, NixAttrs } from "../../server/src/eval/value.ts";
import { newInterpreter } from "../../server/src/modules/configuration.ts";
import { conformance, diskInterpreter, libFolder } from "./interpreter.ts";

/*
 * Our merge against the semantics of nixpkgs' module system. Every file of `module-sets/` is
 * `{ lib }: { modules; specialArgs; read = config: …; }`; `nix-instantiate` evaluates it with the reference
 * implementation in eval-modules.nix, we with our own merge, and what `read` picks has to be the same.
 */

const folder = join(conformance, "module-sets");
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".nix"))
  .sort();

/** What Nix and the reference make of every set, in one process. */
function expectedResults(): Record<string, unknown> {
  const sets = files.map((name) => `"${name}" = run ${join(folder, name)};`).join("\n");
  const expression = `
    let
      lib = (import ${libFolder}).__overlay (import ${conformance}/eval-modules.nix);
      run = path: let set = import path { inherit lib; }; in
        set.read (lib.evalModules { inherit (set) modules; specialArgs = set.specialArgs or { }; }).config;
    in { ${sets} }`;
  const output = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", "--expr", expression], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output) as Record<string, unknown>;
}

const { programs } = await diskInterpreter([conformance, libFolder]);

function ourResult(name: string): unknown {
  const source = { files: programs.files, programs, nixFiles: [] };
  const { interpreter, lib } = newInterpreter(source);
  const set = callable(interpreter.evaluateFile(join(folder, name)).force())(Cell.of(NixAttrs.of({ lib })));
  if (!(set instanceof NixAttrs)) throw new Error(`${name} is no module set`);
  const evalModules = lib.force() as NixAttrs;
  const args = NixAttrs.of({
    modules: set.get("modules") as Cell,
    ...(set.has("specialArgs") === true ? { specialArgs: set.get("specialArgs") as Cell } : {}),
  });
  const evaluated = callable(evalModules.get("evalModules")?.force() ?? null)(Cell.of(args)) as NixAttrs;
  const result = toJson(callable(set.get("read")?.force() ?? null)(evaluated.get("config") as Cell));
  if ("unknown" in result) throw new Error(`unknown: ${result.unknown.why}`);
  return result.json;
}

describe("module sets", () => {
  const expected = expectedResults();
  it("has at least sixty of them", () => {
    expect(files.length).toBeGreaterThanOrEqual(60);
  });
  for (const name of files) {
    it(name, () => {
      expect(ourResult(name)).toEqual(expected[name]);
    });
  }
});
