/** Programs that were written to hang, to fill the memory or to crash whoever evaluates them. */

/** What the programs import, below `/w`. */
export const FILES = new Map([
  ["/self.nix", "import ./self.nix"],
  ["/ping.nix", "import ./pong.nix"],
  ["/pong.nix", "import ./ping.nix"],
  ["/folder/default.nix", "import ./."],
  ["/innocent.nix", 'builtins.map (x: x * 2) [ 1 2 ] ++ [ (builtins.match "(a+)b" "aab") ]'],
]);
/** The value of `innocent.nix`. */
export const INNOCENT = [2, 4, ["aa"]];

const STEPS = /takes too many steps/;
const DEEP = /nests too deeply/;
const GROWS = /grows beyond/;
const CYCLE = /infinite recursion/;
const OUTSIDE = /outside the workspace/;

/** Expression and what becomes of it: a value, or why there is none. */
export const PROGRAMS: Readonly<Record<string, readonly [expression: string, expected: unknown]>> = {
  // Recursion
  "a function that calls itself": ["let f = x: f x; in f 1", /takes too many steps|nests too deeply/],
  "a value that is itself": ["let x = x; in x", CYCLE],
  "values that need each other": ["let a = b; b = c; c = a; in a", CYCLE],
  "Fibonacci the slow way": ["let f = n: if n < 2 then n else f (n - 1) + f (n - 2); in f 50", STEPS],
  "the Y combinator without an end": ["(f: (x: f (x x)) (x: f (x x))) (f: f)", /nests too deeply|infinite recursion/],
  Omega: ["(x: x x) (x: x x)", /takes too many steps|nests too deeply/],
  "a functor that returns itself": ["let f = { __functor = self: self; }; in f 1", DEEP],
  "a functor that calls itself": [
    "let f = { __functor = self: x: self x; }; in f 1",
    /takes too many steps|nests too deeply/,
  ],
  "a functor of functors without an end": [
    "let f = { __functor = self: { __functor = s: self.__functor self; }; }; in f 1",
    /takes too many steps|nests too deeply/,
  ],
  "__toString without an end": [
    "let s = { __toString = self: self; }; in toString s",
    /nests too deeply|too many steps|coerce/,
  ],
  "outPath without an end": ["let s = { outPath = s; }; in toString s", /nests too deeply|too many steps|infinite/],
  "a set that is compared with itself": [
    "let a = { x = a; }; b = { x = b; }; in a == b",
    /nests too deeply|too many steps/,
  ],
  "lists that are compared without an end": ["let a = [ a ]; b = [ b ]; in a == b", /nests too deeply|too many steps/],
  "an order of lists without an end": ["let a = [ a ]; b = [ b ]; in a < b", /nests too deeply|too many steps/],
  "deepSeq of a value in itself": ["let a = { x = a; y = 1; }; in builtins.deepSeq a 1", 1],
  "toJSON of a value in itself": ["let a = { x = a; }; in builtins.toJSON a", DEEP],
  "toXML of a value in itself": ["let a = { x = a; }; in builtins.toXML a", DEEP],
  "a fold that nests 100,000 calls": [
    "builtins.foldl' (f: x: y: f (y + x)) (y: y) (builtins.genList (x: x) 100000) 0",
    DEEP,
  ],
  "200,000 values in each other": [
    "let go = n: acc: if n == 0 then acc else go (n - 1) { x = acc; }; in builtins.toJSON (go 200000 1)",
    DEEP,
  ],
  "fix of an extension that asks for itself": [
    "let fix = f: let x = f x; in x; in (fix (self: { a = self.b; b = self.a; })).a",
    CYCLE,
  ],
  // Growth
  "a string that doubles": [
    'builtins.stringLength (builtins.foldl\' (s: x: s + s) "x" (builtins.genList (x: x) 60))',
    GROWS,
  ],
  "a list that doubles": [
    "builtins.length (builtins.foldl' (l: x: l ++ l) [ 1 ] (builtins.genList (x: x) 60))",
    /grows beyond|too many steps/,
  ],
  "a set that doubles": [
    'builtins.length (builtins.attrNames (builtins.foldl\' (s: x: s // builtins.mapAttrs (n: v: v) s // builtins.listToAttrs (map (n: { name = n + "-" + toString x; value = 1; }) (builtins.attrNames s))) { a = 1; } (builtins.genList (x: x) 16)))',
    65_536,
  ],
  "an indented string that doubles": [
    `builtins.stringLength (builtins.foldl' (s: x: ''\${s}\${s}'') "x" (builtins.genList (x: x) 60))`,
    GROWS,
  ],
  "a list of 1e9 elements": ["builtins.length (builtins.genList (x: x) 1000000000)", /grows beyond|too many steps/],
  "a list of the most elements": [
    "builtins.length (builtins.genList (x: x) 9223372036854775807)",
    /grows beyond|too many steps/,
  ],
  "a set of 1e6 names": [
    "builtins.length (builtins.attrNames (builtins.listToAttrs (builtins.genList (x: { name = toString x; value = x; }) 1000000)))",
    1_000_000,
  ],
  "a set of 1e8 names": [
    "builtins.listToAttrs (builtins.genList (x: { name = toString x; value = x; }) 100000000)",
    /grows beyond|too many steps/,
  ],
  "genericClosure without an end": [
    "builtins.length (builtins.genericClosure { startSet = [ { key = 0; } ]; operator = i: [ { key = i.key + 1; } ]; })",
    /too many steps|grows beyond/,
  ],
  "concatMap that squares": [
    "let l = builtins.genList (x: x) 10000; in builtins.length (builtins.concatMap (x: l) l)",
    /grows beyond|too many steps/,
  ],
  "a product of lists": [
    "let l = builtins.genList (x: x) 500; in builtins.length (builtins.concatMap (a: builtins.concatMap (b: builtins.concatMap (c: [ 1 ]) l) l) l)",
    /grows beyond|too many steps/,
  ],
  "concatStringsSep of much with much": [
    'builtins.stringLength (builtins.concatStringsSep (builtins.concatStringsSep "" (builtins.genList (x: "xxxxxxxxxx") 10000)) (builtins.genList (x: "y") 10000))',
    GROWS,
  ],
  "replaceStrings that grows": [
    'let s = builtins.concatStringsSep "" (builtins.genList (x: "aaaaaaaaaa") 10000); in builtins.stringLength (builtins.replaceStrings [ "a" ] [ s ] s)',
    GROWS,
  ],
  "replaceStrings of nothing": [
    'let s = builtins.concatStringsSep "" (builtins.genList (x: "aaaaaaaaaa") 100000); in builtins.stringLength (builtins.replaceStrings [ "" ] [ s ] s)',
    GROWS,
  ],
  "replaceStrings with 10,000 patterns": [
    'let n = builtins.genList (x: "x" + toString x) 10000; s = builtins.concatStringsSep "" (builtins.genList (x: "ab") 5000); in builtins.stringLength (builtins.replaceStrings n n s)',
    10_000,
  ],
  "group names by the million": [
    "builtins.length (builtins.attrNames (builtins.groupBy toString (builtins.genList (x: x) 300000)))",
    300_000,
  ],
  "a sort with an order that is none": [
    "builtins.length (builtins.sort (a: b: true) (builtins.genList (x: x) 20000))",
    20_000,
  ],
  // Regular expressions
  "(a+)+b": ['builtins.match "(a+)+b" (builtins.concatStringsSep "" (builtins.genList (x: "a") 5000))', null],
  "(a|aa)+$": ['builtins.match "(a|aa)+b" (builtins.concatStringsSep "" (builtins.genList (x: "a") 5000))', null],
  "many stars": [
    'builtins.match "a*a*a*a*a*a*a*a*a*a*a*a*b" (builtins.concatStringsSep "" (builtins.genList (x: "a") 2000))',
    null,
  ],
  "repeats of repeats": ['builtins.match "((a{1,100}){1,100}){1,100}b" "aaaaaaaaaa"', /regular expression|null|too/],
  "a repeat of a thousand million": ['builtins.match "a{1000000000}" "a"', /regular expression|too/],
  "10,000 groups": [
    'builtins.match (builtins.concatStringsSep "" (builtins.genList (x: "(") 10000) + builtins.concatStringsSep "" (builtins.genList (x: ")") 10000)) ""',
    /regular expression|nests|too/,
  ],
  "split at everything of a megabyte": [
    'builtins.length (builtins.split "(.)" (builtins.concatStringsSep "" (builtins.genList (x: "0123456789") 20000)))',
    400_001,
  ],
  // Data
  "fromJSON of 100,000 brackets": [
    'builtins.fromJSON (builtins.concatStringsSep "" (builtins.genList (x: "[") 100000))',
    /JSON|nests/,
  ],
  "fromJSON of closed brackets": [
    'builtins.fromJSON (builtins.concatStringsSep "" (builtins.genList (x: "[") 50000 ++ builtins.genList (x: "]") 50000))',
    /JSON|nests/,
  ],
  "fromTOML of tables in tables": [
    'builtins.fromTOML ("a = " + builtins.concatStringsSep "" (builtins.genList (x: "{a=") 20000))',
    /TOML|nests/,
  ],
  "fromTOML of a key with 50,000 parts": [
    'builtins.isAttrs (builtins.fromTOML (builtins.concatStringsSep "." (builtins.genList (x: "a") 50000) + " = 1"))',
    /TOML|nests|too|true/,
  ],
  "__proto__ from JSON": ['(builtins.fromJSON "{\\"__proto__\\": {\\"x\\": 1}}") ? x', false],
  "__proto__ from JSON, there": ['(builtins.fromJSON "{\\"__proto__\\": {\\"x\\": 1}}").__proto__.x', 1],
  "__proto__ from TOML": ['(builtins.fromTOML "[__proto__]\\nx = 1").__proto__.x', 1],
  "names that JavaScript knows": [
    'let s = { constructor = 1; hasOwnProperty = 2; toString = 3; __proto__ = 4; valueOf = 5; }; in [ (builtins.attrNames s) ({ } ? constructor) ({ } ? __proto__) s.__proto__ (builtins.removeAttrs s [ "__proto__" ] ? __proto__) ]',
    [["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"], false, false, 4, false],
  ],
  "names that JavaScript knows, to JSON": [
    "builtins.toJSON { __proto__ = { a = 1; }; constructor = 2; }",
    '{"__proto__":{"a":1},"constructor":2}',
  ],
  "groupBy and listToAttrs with __proto__": [
    'let g = builtins.groupBy (x: "__proto__") [ 1 2 ]; l = builtins.listToAttrs [ { name = "constructor"; value = 3; } ]; in [ g.__proto__ l.constructor ]',
    [[1, 2], 3],
  ],
  // Numbers
  "the largest integer and one": ["9223372036854775807 + 1", /overflow/],
  "the smallest integer divided by -1": ["(-9223372036854775807 - 1) / (-1)", /overflow/],
  "division by zero": ["1 / 0", /division by zero/],
  "a number of 10,000 digits": [`builtins.isInt ${"9".repeat(10_000)}`, /integer|number|parse/],
  "shifts of the bits beyond": ["builtins.bitXor 9223372036854775807 (-1)", /.*/],
  "substring far away": ['builtins.substring 9223372036854775807 9223372036854775807 "abc"', ""],
  "elemAt far away": ["builtins.elemAt [ 1 ] 9223372036854775807", /index|elemAt|bound/],
  // Scopes
  "1,400 withs": [`${"with { a = 1; }; ".repeat(1_400)} a`, 1],
  "1,400 withs with the name nowhere": [`${"with { a = 1; }; ".repeat(1_400)} b`, /undefined|b/],
  "more withs than nesting allows": [`${"with { a = 1; }; ".repeat(20_000)} a`, /parse|nest/],
  "a set with 20,000 inherits": [
    `let a = 1; in (rec { inherit ${"a ".repeat(1)}; ${Array.from({ length: 20_000 }, (_, i) => `x${i} = a;`).join(" ")} }).x19999`,
    1,
  ],
  // Files
  "a file that imports itself": ["import ./self.nix", CYCLE],
  "files that import each other": ["import ./ping.nix", CYCLE],
  "a folder that imports itself": ["import ./folder", CYCLE],
  "/etc/passwd": ["builtins.readFile /etc/passwd", OUTSIDE],
  "/etc/passwd by way of the root": ["builtins.readFile ./../../../../../../etc/passwd", OUTSIDE],
  "whether /etc/shadow is there": ["builtins.pathExists /etc/shadow", OUTSIDE],
  "what is in the home": ["builtins.readDir ~/.", /outside|home/],
  "an expression that is none": ['builtins.fetchurl "file:///etc/passwd"', /./],
  "a program": ['builtins.exec [ "sh" "-c" "touch /tmp/nix-impermanence-was-here" ]', /./],
  "the environment": ['builtins.getEnv "HOME"', /./],
};
