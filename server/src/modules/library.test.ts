import { describe, expect, it } from "vitest";
import { conformance, diskInterpreter, libFolder } from "../../../test/conformance/interpreter.ts";
import { callable } from "../eval/coerce.ts";
import { Cell, Gap, look, Maybe, NixAttrs, type NixList, Unknown } from "../eval/value.ts";
import { analyseFiles } from "../testing/analyse-files.ts";
import { newInterpreter } from "./configuration.ts";

const { programs } = await diskInterpreter([conformance, libFolder]);

/** The value of an expression with `lib`, and the functions it asked for in vain. */
function evaluate(expression: string) {
  const { interpreter, lib, flakes } = newInterpreter({ files: programs.files, programs, nixFiles: [] });
  const fn = interpreter.evaluateProgram(programs.parse("/library.nix", `{ lib }: ${expression}`));
  const value = look(Cell.lazy(() => callable(fn.force())(Cell.of(NixAttrs.of({ lib })))));
  return { value, missing: Object.fromEntries(flakes.missing) };
}

describe("lib.unique", () => {
  const shown = (expression: string) => {
    const { value } = evaluate(expression);
    return (value as NixList).items.map((item) =>
      item instanceof Gap ? "…" : item instanceof Maybe ? `?${item.cell.force()}` : item.force(),
    );
  };
  it("keeps what stands before something unknown, and what stands behind it perhaps", () => {
    expect(shown("lib.unique [ 1 2 1 ]")).toEqual([1, 2]);
    expect(shown("lib.unique ([ 1 2 1 ] ++ lib.noSuchList ++ [ 1 3 3 ])")).toEqual([1, 2, "…", "?3", "?3"]);
    expect(shown("lib.lists.unique ([ 1 ] ++ (if lib.noSuchTest then [ 1 2 ] else [ ]) ++ [ 3 2 ])")).toEqual([
      1,
      "?2",
      3,
      "?2",
    ]);
  });
});

describe("a library known in part", () => {
  it.each([
    ["lib.noSuchFunction 1", "lib.noSuchFunction"],
    ["lib.strings.noSuchFunction 1", "lib.strings.noSuchFunction"],
    ["with lib; noSuchFunction 1", "lib.noSuchFunction"],
    ["lib.fileset.toList (lib.fileset.gitTracked /.)", "lib.fileset.gitTracked"],
    ["(lib.extend (final: prev: { mine = prev.noSuchFunction; })).mine", "lib.noSuchFunction"],
  ])("says which function %s lacks", (expression, name) => {
    const { value, missing } = evaluate(expression);
    expect(value).toBeInstanceOf(Unknown);
    expect((value as Unknown).error).toBeUndefined();
    expect((value as Unknown).why).toBe(`\`${name}\` is not modelled`);
    expect(missing).toEqual({ [name]: 1 });
  });
  it("counts nothing that is there, and no marks", () => {
    const { value, missing } = evaluate("[ (lib.id 1) (lib.lists.head [ 2 ]) (lib ? _type) (lib.strings._type or 3) ]");
    expect(look(Cell.of(value))).toMatchObject({ certain: true });
    expect(missing).toEqual({});
  });
  it("does not say that a section lacks a function", () => {
    expect(evaluate("lib.strings ? noSuchFunction").value).toBeInstanceOf(Unknown);
    expect(evaluate("lib.strings ? hasPrefix").value).toBe(true);
  });
});

it("gives modules the library that somebody extended, also where the extension hands on all that was there", async () => {
  const flake = (extension: string, lib: string) => `{
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    outputs = { nixpkgs, ... }:
      let own = nixpkgs.lib.extend (final: prev: ${extension}); in {
        nixosConfigurations.a = ${lib}.nixosSystem { modules = [ ./host.nix ]; };
      };
  }`;
  const kept = async (text: string) => {
    const { hosts } = await analyseFiles({
      "/flake.nix": text,
      "/host.nix": `{ lib, ... }: { environment.persistence."/persist".directories = [ (lib.under "x") ]; }`,
    });
    return hosts.flatMap(({ stores }) => stores.flatMap(({ directories }) => directories.map(({ path }) => path)));
  };
  const under = '{ under = name: "/srv/${name}"; }';
  expect(await kept(flake(under, "own"))).toEqual(["/srv/x"]);
  expect(await kept(flake(`prev // ${under}`, "own"))).toEqual(["/srv/x"]);
  expect(await kept(flake(`prev // ${under}`, "(own.extend (_: _: { }))"))).toEqual(["/srv/x"]);
  expect(await kept(flake(under, "nixpkgs.lib"))).toEqual([]);
});
