import fc from "fast-check";
import { expressions, type Name, type Node, TYPES, type Type, write } from "./program.ts";

/*
 * Generated sets of modules: options of the types that configurations declare, and definitions of them with
 * conditions, priorities and orders, in modules that may be imported perhaps and may read the configuration.
 */

interface Option {
  readonly path: string;
  readonly type: Type;
  /** How a value of the type is put into a definition; `@` stands for it. */
  readonly shape?: string;
}

/** What the first module declares. */
export const DECLARATIONS = `
  { lib, ... }: with lib; with lib.types; {
    options = {
      i = mkOption { type = int; default = 7; };
      b = mkOption { type = bool; default = false; };
      s = mkOption { type = str; default = "d"; };
      n = mkOption { type = nullOr int; default = null; };
      l = mkOption { type = listOf int; default = [ ]; };
      ll = mkOption { type = lines; default = ""; };
      sep = mkOption { type = separatedString ":"; default = ""; };
      a = mkOption { type = attrsOf int; default = { }; };
      la = mkOption { type = lazyAttrsOf int; default = { }; };
      al = mkOption { type = attrsOf (listOf int); default = { }; };
      any = mkOption { type = anything; default = { }; };
      e = mkOption { type = either int (listOf int); default = 0; };
      en = mkOption { type = enum [ "a" "b" "ab" "" ]; default = "a"; };
      co = mkOption { type = coercedTo int (x: [ x ]) (listOf int); default = [ ]; };
      un = mkOption { type = uniq int; default = 3; };
      raw = mkOption { type = raw; default = 3; };
      ap = mkOption { type = listOf int; default = [ ]; apply = map (x: x + 1); };
      at = mkOption { type = attrs; default = { }; };
      sub = mkOption {
        default = { };
        type = attrsOf (submodule ({ config, name, ... }: { options = {
          x = mkOption { type = int; default = 1; };
          ys = mkOption { type = listOf int; default = [ ]; };
          z = mkOption { type = str; default = name; };
        }; config.ys = mkIf (config.x == 2) [ 9 ]; }));
      };
      g.x = mkOption { type = int; default = 0; };
      g.ys = mkOption { type = listOf int; default = [ 4 ]; };
      ls = mkOption { default = [ ]; type = listOf (submodule { options.k = mkOption { type = int; default = 5; }; }); };
    };
  }`;

const OPTIONS: readonly Option[] = [
  { path: "i", type: "int" },
  { path: "b", type: "bool" },
  { path: "s", type: "str" },
  { path: "n", type: "int" },
  { path: "n", type: "int", shape: "null" },
  { path: "l", type: "ints" },
  { path: "ll", type: "str" },
  { path: "sep", type: "str" },
  { path: "a", type: "set" },
  { path: "a.b", type: "int" },
  { path: "la", type: "set" },
  { path: "al", type: "ints", shape: "{ a = @; }" },
  { path: "any", type: "deep" },
  { path: "any", type: "set" },
  { path: "e", type: "ints" },
  { path: "e", type: "int" },
  { path: "en", type: "str" },
  { path: "co", type: "int" },
  { path: "co", type: "ints" },
  { path: "un", type: "int" },
  { path: "raw", type: "deep" },
  { path: "ap", type: "ints" },
  { path: "at", type: "set" },
  { path: "sub.a", type: "int", shape: "{ x = @; }" },
  { path: "sub.b.ys", type: "ints" },
  { path: "sub", type: "int", shape: "{ a.x = @; c = { }; }" },
  { path: "sub", type: "set", shape: "lib.mapAttrs (n: x: { inherit x; }) @" },
  { path: "sub", type: "strs", shape: "lib.genAttrs @ (n: { z = n; })" },
  { path: "g.x", type: "int" },
  { path: "g.ys", type: "ints" },
  { path: "g", type: "ints", shape: "{ ys = @; }" },
  { path: "ls", type: "ints", shape: "map (k: { inherit k; }) @" },
];

/** Options that nobody declares, as the options of NixOS are in a workspace without it; each of one type all the same. */
const FREE: readonly Option[] = [
  { path: "free.i", type: "int" },
  { path: "free.b", type: "bool" },
  { path: "free.l", type: "ints" },
  { path: "free.l", type: "strs" },
  { path: "free.a", type: "set" },
  { path: "free.a.b", type: "int" },
  { path: "free.d", type: "set", shape: "{ b = @; }" },
  { path: "free.d.b.c", type: "int" },
  { path: "free", type: "set", shape: "{ a = @; }" },
  { path: "free", type: "ints", shape: "{ l = @; }" },
  { path: "environment.persistence", type: "strs", shape: '{ "/persist".directories = @; }' },
  { path: 'environment.persistence."/persist".files', type: "strs" },
];

/** What may stand around a definition, from outside in. */
const WRAPPERS = [
  "lib.mkIf (?) (@)",
  "lib.mkForce (@)",
  "lib.mkDefault (@)",
  "lib.mkOverride 70 (@)",
  "lib.mkBefore (@)",
  "lib.mkAfter (@)",
  "lib.mkOrder 600 (@)",
  "lib.mkMerge [ (@) ]",
  "lib.mkMerge (lib.optional (?) (@))",
  "lib.mkIf (?) (lib.mkForce (@))",
  "lib.mkOverride 60 (lib.mkIf (?) (@))",
] as const;

/** Names that a module may read of the configuration. */
const CONFIG_NAMES: readonly Name[] = [
  { name: "config.b", type: "bool" },
  { name: "config.i", type: "int" },
  { name: "config.l", type: "ints" },
  { name: "config.a", type: "set" },
  { name: "config.s", type: "str" },
];

type Make = (scope: readonly Name[]) => string;

function wrapped(option: Option): fc.Arbitrary<Make> {
  const value = expressions(option.type, 1);
  const wrappers = fc.array(fc.tuple(fc.constantFrom(...WRAPPERS), condition()), { maxLength: 2 });
  return fc.tuple(value, wrappers).map(
    ([node, around]): Make =>
      (scope) => {
        const inner = (option.shape ?? "@").replace("@", () => write(node, scope));
        return around.reduce((text, [wrapper, test]) => fill(wrapper, text, test, scope), inner);
      },
  );
}

function condition(): fc.Arbitrary<Node> {
  return fc.oneof(
    { arbitrary: fc.nat(5).map((pick): Node => ({ type: "bool", parts: [{ name: "bool", pick }] })), weight: 2 },
    { arbitrary: expressions("bool", 1), weight: 1 },
  );
}

function fill(wrapper: string, inner: string, test: Node, scope: readonly Name[]): string {
  return wrapper.replace("?", () => write(test, scope)).replace("@", () => inner);
}

/** How a module holds its definitions. */
const MODULES = [
  "{ config = @; }",
  "@",
  "{ config = lib.mkIf (?) (@); }",
  "{ imports = [ (@) ]; }",
  "{ imports = lib.optional (?) (@); }",
  "{ imports = if ? then [ (@) ] else [ ]; config.i = lib.mkDefault 2; }",
  "{ config = lib.mkMerge [ (@) (lib.mkIf (?) { l = [ 8 ]; }) ]; }",
  "{ config = (@) // lib.optionalAttrs (?) { i = 5; }; }",
  '{ config = lib.optionalAttrs (?) { s = "o"; } // (@); }',
  "{ config = lib.mkForce (@); }",
] as const;

function moduleText(options: readonly Option[]): fc.Arbitrary<Make> {
  const definitions = fc.array(
    fc.constantFrom(...options).chain((option) => wrapped(option).map((make) => ({ option, make }))),
    { minLength: 1, maxLength: 3 },
  );
  return fc.tuple(definitions, fc.constantFrom(...MODULES), condition(), fc.boolean()).map(
    ([made, holder, test, reads]): Make =>
      (scope) => {
        // Which modules there are must not depend on the configuration; what they say may.
        const inside = reads ? [...CONFIG_NAMES, ...scope] : scope;
        const around = /imports|\/\//.test(holder) ? scope : inside;
        const names = new Set<string>();
        const lines = made.flatMap(({ option, make }) => {
          const clash = [...names].some((name) => overlap(name, option.path));
          names.add(option.path);
          return clash ? [] : [`${option.path} = ${make(inside)};`];
        });
        const text = fill(holder, `{ ${lines.join(" ")} }`, test, around);
        return reads ? `({ config, lib, ... }: ${text})` : `(${text})`;
      },
  );
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** A function from `{ lib, u0, u1, … }` to a list of modules. */
export interface ModuleProgram {
  readonly unknowns: readonly Type[];
  readonly text: string;
}

/** Sets of modules; with `free`, definitions of options that nobody declares as well. */
export function modulePrograms(unknowns: number, free: boolean): fc.Arbitrary<ModuleProgram> {
  const types = fc.array(fc.oneof({ arbitrary: fc.constant<Type>("bool"), weight: 3 }, fc.constantFrom(...TYPES)), {
    minLength: unknowns,
    maxLength: unknowns,
  });
  const modules = fc.array(moduleText(free ? [...FREE, ...FREE, ...OPTIONS] : OPTIONS), { minLength: 1, maxLength: 4 });
  return fc.tuple(types, modules).map(([chosen, makes]) => {
    const scope = chosen.map((type, index) => ({ name: `u${index}`, type }));
    const formals = ["lib", ...scope.map(({ name }) => name)].join(", ");
    const texts = makes.map((make) => make(scope));
    return { unknowns: chosen, text: `{ ${formals} }: [ ${texts.join(" ")} ]` };
  });
}
