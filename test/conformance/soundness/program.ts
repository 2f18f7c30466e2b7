import fc from "fast-check";

/*
 * Generated programs of the Nix language. They are well typed by construction, so that nearly all of them have a
 * value; names that stand for unknown values are written `u0`, `u1`, …
 */

/** The types of generated expressions: `ints` is a list of integers, `set` a set of integers, and so on. */
export const TYPES = ["int", "bool", "str", "ints", "strs", "set", "sets", "lists", "deep"] as const;
export type Type = (typeof TYPES)[number];

/** Values that a name of each type may stand for. */
export const DOMAIN: Readonly<Record<Type, readonly string[]>> = {
  int: ["0", "1", "2"],
  bool: ["true", "false"],
  str: ['"a"', '"b"', '""', '"ab"'],
  ints: ["[ ]", "[ 1 ]", "[ 2 1 ]"],
  strs: ["[ ]", '[ "a" ]', '[ "b" "a" ]'],
  set: ["{ }", "{ a = 1; }", "{ b = 2; c = 0; }"],
  sets: ["[ ]", "[ { a = 1; } ]", "[ { } { b = 1; a = 2; } ]"],
  lists: ["[ ]", "[ [ 1 ] ]", "[ [ ] [ 2 1 ] ]"],
  deep: ["{ }", "{ a = [ 1 ]; }", "{ b = { a = 1; }; c = [ ]; }"],
};

/** An expression: text with holes for expressions, for names in scope, and for functions. */
export interface Node {
  readonly type: Type;
  readonly parts: readonly Part[];
}
type Part =
  | string
  | Node
  | { readonly bind: Type; readonly body: Node }
  | { readonly name: Type; readonly pick: number };

const FALLBACK: Readonly<Record<Type, string>> = {
  int: "1",
  bool: "true",
  str: '"a"',
  ints: "[ 1 ]",
  strs: '[ "a" ]',
  set: "{ a = 1; }",
  sets: "[ { a = 1; } ]",
  lists: "[ [ 1 ] ]",
  deep: "{ a = [ 1 ]; }",
};

export interface Name {
  readonly name: string;
  readonly type: Type;
}

/** The text of an expression with the given names in scope. */
export function write(node: Node, scope: readonly Name[]): string {
  const text = node.parts.map((part) => {
    if (typeof part === "string") return part;
    if ("parts" in part) return write(part, scope);
    if ("name" in part) {
      const fitting = scope.filter(({ type }) => type === part.name);
      return fitting.length > 0 ? (fitting[part.pick % fitting.length] as Name).name : FALLBACK[part.name];
    }
    const name = `x${scope.length}`;
    return `(${name}: ${write(part.body, [...scope, { name, type: part.bind }])})`;
  });
  return `(${text.join("")})`;
}

/** How expressions of each type are made. `#type` is an expression, `\type:type` a function. */
const FORMS: Readonly<Record<Type, readonly string[]>> = {
  int: [
    "#int + #int",
    "#int - #int",
    "#int * 2",
    "-#int",
    "if #bool then #int else #int",
    "builtins.length #ints",
    "builtins.length #sets",
    "builtins.stringLength #str",
    "#set.a or #int",
    "#set.${#str} or #int",
    "#deep.b.a or #int",
    "({ a = 1; b = 2; c = 3; d = 0; ab = 7; } // #set).b",
    "with ({ a = 1; b = 2; c = 3; } // #set); a + c",
    "with { a = 5; b = 6; }; with #set; a",
    "let inherit ({ a = 1; } // #set) a; in a",
    "({ a ? #int, b ? 2, ... }: a + b) #set",
    "builtins.foldl' (\\int:int>int) #int #ints",
    "lib.foldr (\\int:int>int) #int #ints",
    "builtins.head (#ints ++ [ #int ])",
    "builtins.elemAt ([ #int #int ] ++ #ints) 1",
    "lib.last ([ #int ] ++ #ints)",
    "\\int:int #int",
    "let x = #int; in x + x",
    "assert #bool; #int",
    "builtins.seq #ints #int",
    "builtins.deepSeq #sets #int",
    "lib.count \\int:bool #ints",
    "lib.findFirst \\int:bool #int #ints",
    "lib.max #int #int",
    "lib.attrByPath [ #str ] #int #set",
    "(builtins.head (builtins.sort (a: b: a < b) (#ints ++ [ #int ])))",
    "rec { a = #int; b = a + 1; }.b",
    "let f = n: if n < 1 || #bool then #int else f (n - 1); in f #int",
  ],
  bool: [
    "#int == #int",
    "#str == #str",
    "#ints == #ints",
    "#set == #set",
    "#sets != #sets",
    "#deep == #deep",
    "#strs == #strs",
    "#int < #int",
    "#str <= #str",
    "#ints < #ints",
    "#bool && #bool",
    "#bool || #bool",
    "#bool -> #bool",
    "!#bool",
    "if #bool then #bool else #bool",
    "#set ? a",
    "#set ? ${#str}",
    "#deep ? b.a",
    "builtins.hasAttr #str #set",
    "builtins.elem #int #ints",
    "builtins.elem #set #sets",
    "builtins.elem #str #strs",
    "builtins.any \\int:bool #ints",
    "builtins.all \\int:bool #ints",
    "builtins.all \\set:bool #sets",
    "lib.hasPrefix #str #str",
    "lib.hasSuffix #str #str",
    "lib.hasInfix #str #str",
    "builtins.isList (#deep.a or 1)",
    "builtins.isAttrs (#deep.b or [ ])",
    "lib.any lib.id [ #bool #bool ]",
    "lib.hasAttrByPath [ #str ] #set",
    "lib.isString #str",
    "lib.mutuallyExclusive #ints #ints",
    "#ints == [ ]",
    "#set == { }",
    "lib.versionOlder #str #str",
    'builtins.match "(a|b)+" #str == null',
    "builtins.isFunction (x: #int)",
    "(builtins.tryEval (assert #bool; #int)).success",
    '#bool && (if #int == 0 then throw "no" else #bool)',
    "let x = if #bool then y else #bool; y = if #bool then #bool else x; in y",
  ],
  str: [
    '"a"',
    '"b"',
    '"${#str}/${#str}"',
    '"x${#str}"',
    "#str + #str",
    "if #bool then #str else #str",
    "toString #int",
    "toString #ints",
    'builtins.concatStringsSep "," #strs',
    "builtins.substring 0 #int #str",
    "builtins.substring 1 1 #str",
    'builtins.replaceStrings [ "a" ] [ #str ] #str',
    "builtins.head (builtins.attrNames (#set // { a = 1; }))",
    "lib.optionalString #bool #str",
    "lib.concatStrings #strs",
    "lib.concatMapStrings \\str:str #strs",
    'lib.concatMapStringsSep "-" \\int:str #ints',
    "lib.removePrefix #str #str",
    "lib.removeSuffix #str #str",
    "builtins.toJSON #set",
    "builtins.toJSON #ints",
    "builtins.typeOf (#deep.a or 1)",
    'builtins.baseNameOf "/x/${#str}"',
    "lib.last ([ #str ] ++ #strs)",
    "lib.toUpper #str",
    "\\str:str #str",
    "lib.escapeShellArg #str",
    'lib.concatStringsSep "\\n" (lib.mapAttrsToList (n: v: n) #set)',
    'lib.removeSuffix "a" "${#str}a"',
  ],
  ints: [
    "[ ]",
    "[ #int ]",
    "[ #int #int ]",
    "#ints ++ #ints",
    "if #bool then #ints else #ints",
    "map \\int:int #ints",
    "builtins.filter \\int:bool #ints",
    "builtins.concatMap \\int:ints #ints",
    "builtins.concatLists #lists",
    "lib.concatLists [ #ints #ints ]",
    "builtins.attrValues #set",
    "builtins.sort (a: b: a < b) #ints",
    "builtins.tail ([ #int ] ++ #ints)",
    "builtins.genList \\int:int (if #int < 0 then 1 else 2)",
    'builtins.catAttrs "a" #sets',
    "builtins.catAttrs #str #sets",
    "(builtins.partition \\int:bool #ints).right",
    "(builtins.partition \\int:bool #ints).wrong",
    "(builtins.groupBy \\int:str #ints).a or [ ]",
    "lib.unique #ints",
    "lib.optional #bool #int",
    "lib.optionals #bool #ints",
    "lib.remove #int #ints",
    "lib.subtractLists #ints #ints",
    "lib.intersectLists #ints #ints",
    "lib.take 1 #ints",
    "lib.drop 1 #ints",
    "lib.flatten #lists",
    "lib.reverseList #ints",
    "lib.imap0 (i: x: i + x) #ints",
    "lib.zipListsWith (a: b: a + b) #ints #ints",
    "lib.init (#ints ++ [ 1 ])",
    "lib.mapAttrsToList (n: v: v) #set",
    "map (x: x.key) (builtins.genericClosure { startSet = map (key: { inherit key; }) #ints; operator = x: if x.key < 3 then [ { key = x.key + 1; } ] else [ ]; })",
    "builtins.map (s: builtins.stringLength s) #strs",
    "lib.sort (a: b: a > b) #ints",
    "builtins.filter builtins.isInt (lib.attrValues #set)",
    "lib.toList #int",
    "lib.toList #ints",
    "lib.singleton #int",
    "lib.naturalSort [ ] ++ #ints",
    'map (x: if x == #int then throw "no" else x) #ints',
    'builtins.filter (x: if x == 1 then throw "no" else #bool) #ints',
    'if #bool then (if #bool then throw "no" else #ints) else #ints',
    "lib.foldl' (acc: x: if #bool then acc else acc ++ [ x ]) [ ] #ints",
  ],
  strs: [
    "[ #str ]",
    "[ #str #str ]",
    "#strs ++ #strs",
    "if #bool then #strs else #strs",
    "map \\str:str #strs",
    "builtins.filter \\str:bool #strs",
    "builtins.attrNames #set",
    "builtins.attrNames #deep",
    "lib.unique #strs",
    "lib.optional #bool #str",
    "lib.mapAttrsToList (n: v: n) #set",
    'map (n: "x${n}") #strs',
    'lib.splitString "/" #str',
    "lib.sort (a: b: a < b) #strs",
    "lib.subtractLists #strs #strs",
    "lib.concatMap (s: builtins.attrNames s) #sets",
    "lib.naturalSort #strs",
    'builtins.filter builtins.isString (builtins.split "a" #str)',
    "lib.optionals #bool #strs",
    "lib.attrNames (lib.filterAttrs (n: v: v == #int) #set)",
  ],
  set: [
    "{ }",
    "{ a = #int; }",
    "{ a = #int; b = #int; }",
    "rec { a = #int; c = a + 1; }",
    "{ ${#str} = #int; }",
    '{ ${"" + #str} = #int; ab = 3; c = 4; }',
    '{ ${if #bool then "a" else null} = #int; }',
    "#set // #set",
    "if #bool then #set else #set",
    "builtins.mapAttrs (n: \\int:int) #set",
    "builtins.mapAttrs (n: v: if n == #str then v else 0) #set",
    "removeAttrs #set #strs",
    "builtins.intersectAttrs #set #set",
    "builtins.intersectAttrs #deep #set",
    "builtins.listToAttrs (map (name: { inherit name; value = #int; }) #strs)",
    'builtins.listToAttrs (map (n: { name = "k${toString n}"; value = n; }) #ints)',
    "builtins.listToAttrs [ { name = #str; value = #int; } { name = #str; value = #int; } ]",
    "builtins.zipAttrsWith (n: vs: builtins.head vs) #sets",
    "builtins.zipAttrsWith (n: vs: builtins.length vs) #sets",
    "lib.filterAttrs (n: \\int:bool) #set",
    "lib.filterAttrs (n: v: #bool) #set",
    'lib.filterAttrs (n: v: n != "a") #set',
    "lib.genAttrs #strs (n: #int)",
    "lib.genAttrs #strs \\str:int",
    "lib.mapAttrs' (n: v: lib.nameValuePair (n + #str) v) #set",
    "lib.optionalAttrs #bool #set",
    "lib.recursiveUpdate #set #set",
    "lib.foldl' (a: b: a // b) { } #sets",
    "lib.mergeAttrsList #sets",
    "builtins.head (#sets ++ [ { b = 1; } ])",
    "builtins.foldl' (a: s: a // { ${s} = #int; }) { } #strs",
    "lib.attrsets.mapAttrs (n: v: v + 1) #set",
    "lib.setAttrByPath [ #str ] #int",
    "lib.concatMapAttrs (n: v: if v == #int then { } else { ${n} = v; }) #set",
    'lib.updateManyAttrsByPath [ { path = [ "a" ]; update = x: #int; } ] #set',
    "\\set:set #set",
    "let s = #set; in s // { a = s.a or 1; }",
    "lib.fix (self: { a = #int; b = self.a; })",
    "builtins.mapAttrs (n: v: builtins.length v) (builtins.groupBy \\int:str #ints)",
  ],
  sets: [
    "[ #set ]",
    "[ #set #set ]",
    "#sets ++ #sets",
    "if #bool then #sets else #sets",
    "map \\set:set #sets",
    "builtins.filter \\set:bool #sets",
    "builtins.filter (s: s ? a) #sets",
    "map (a: { inherit a; }) #ints",
    "lib.optional #bool #set",
    "lib.mapAttrsToList (n: v: { ${n} = v; }) #set",
    "lib.attrsToList #set",
  ],
  lists: [
    "[ #ints ]",
    "[ #ints #ints ]",
    "if #bool then #lists else #lists",
    "#lists ++ #lists",
    "map \\int:ints #ints",
    "builtins.filter \\ints:bool #lists",
    "lib.attrValues (builtins.groupBy \\int:str #ints)",
    "lib.optional #bool #ints",
  ],
  deep: [
    "{ a = #ints; b = #set; }",
    "{ a = #ints; }",
    "{ b = #set; s = #str; }",
    "#deep // #deep",
    "if #bool then #deep else #deep",
    "lib.recursiveUpdate #deep #deep",
    "builtins.groupBy \\int:str #ints",
    "builtins.zipAttrsWith (n: vs: vs) #sets",
    "lib.optionalAttrs #bool #deep",
    "{ a.${#str} = #int; b.c = #int; }",
    "removeAttrs #deep #strs",
    "builtins.tryEval #int",
    'builtins.tryEval (if #bool then throw "no" else #int)',
    'lib.mapAttrs (n: v: if n == "a" then [ ] else v) #deep',
    'builtins.listToAttrs [ { name = "a"; value = #ints; } { name = #str; value = #set; } ]',
    "lib.zipAttrs #sets",
    "lib.foldAttrs (x: acc: [ x ] ++ acc) [ ] #sets",
    "lib.filterAttrsRecursive (n: v: n != #str) #deep",
    "lib.mapAttrsRecursive (p: v: v) #deep",
    "builtins.partition \\int:bool #ints",
  ],
};

type Nodes = Record<Type, Node>;

/** Expressions of one type, of bounded depth. */
export function expressions(type: Type, depth = 4): fc.Arbitrary<Node> {
  const tied = fc.letrec<Nodes>((tie) => {
    const of = (one: Type): fc.Arbitrary<Node> => {
      const name = fc.nat(7).map((pick): Node => ({ type: one, parts: [{ name: one, pick }] }));
      const constant = fc.constantFrom(...DOMAIN[one]).map((text): Node => ({ type: one, parts: [text] }));
      const forms = FORMS[one].map((form) => formArbitrary(one, form, tie as (type: Type) => fc.Arbitrary<Node>));
      return fc.oneof(
        { maxDepth: depth, depthIdentifier: "program" },
        { arbitrary: name, weight: 4 },
        { arbitrary: constant, weight: 1 },
        { arbitrary: fc.oneof(...forms), weight: 9 },
      );
    };
    return Object.fromEntries(TYPES.map((one) => [one, of(one)])) as { [K in Type]: fc.Arbitrary<Node> };
  });
  return tied[type];
}

function formArbitrary(type: Type, form: string, tie: (type: Type) => fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  const pieces = form.split(/(#[a-z]+|\\[a-z]+:[a-z]+(?:>[a-z]+)?)/);
  const parts = pieces.map((piece): fc.Arbitrary<Part> => {
    if (piece.startsWith("#")) return tie(piece.slice(1) as Type);
    if (!piece.startsWith("\\")) return fc.constant(piece);
    const [bind, rest = ""] = piece.slice(1).split(":") as [Type, string];
    const [second, result] = rest.split(">") as [Type, Type | undefined];
    if (!result) return tie(second).map((body) => ({ bind, body }));
    return tie(result).map((body) => ({ bind, body: { type: result, parts: [{ bind: second, body }] } }));
  });
  return fc.tuple(...parts).map((made) => ({ type, parts: made }));
}

/** A program: names that are bound one after the other, and what is made of them. */
export interface Program {
  /** Types of the names `u0`, `u1`, …, which the program gets as arguments. */
  readonly unknowns: readonly Type[];
  /** A function from `{ lib, u0, u1, … }` to a set of results. */
  readonly text: string;
}

export function programs(unknowns: number): fc.Arbitrary<Program> {
  const anyType = fc.constantFrom(...TYPES);
  return fc
    .tuple(
      fc.array(anyType, { minLength: unknowns, maxLength: unknowns }),
      fc.array(
        anyType.chain((type) => expressions(type, 2)),
        { maxLength: 3 },
      ),
      fc.array(
        anyType.chain((type) => expressions(type, 3)),
        { minLength: 1, maxLength: 2 },
      ),
    )
    .map(([types, bound, results]) => {
      const scope: Name[] = types.map((type, index) => ({ name: `u${index}`, type }));
      const lines = bound.map((node, index) => {
        const line = `v${index} = ${write(node, scope)};`;
        scope.push({ name: `v${index}`, type: node.type });
        return line;
      });
      const formals = ["lib", ...types.map((_, index) => `u${index}`)].join(", ");
      const made = results.map((node, index) => `r${index} = ${write(node, scope)};`);
      return { unknowns: types, text: `{ ${formals} }: let ${lines.join(" ")} in { ${made.join(" ")} }` };
    });
}

/** Every way to fill in the unknown names. */
export function completions(unknowns: readonly Type[]): string[][] {
  return unknowns.reduce<string[][]>(
    (all, type) => all.flatMap((chosen) => DOMAIN[type].map((text) => [...chosen, text])),
    [[]],
  );
}
