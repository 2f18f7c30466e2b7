import { type BuiltinDefinition, type Call, unknown } from "../builtin.ts";
import { stringOf } from "../coerce.ts";
import { NixError } from "../nix-error.ts";
import { type Origin, placeOf } from "../origin.ts";
import { Cell, NixList, register, type Value } from "../value.ts";
import { fromBytes, isAscii, toBytes } from "./bytes.ts";
import { chargeElements } from "./limits.ts";
import { compileRegex, type RegexProgram } from "./regex-program.ts";
import { type RegexMatch, RegexSearch, RegexTooCostly } from "./regex-search.ts";
import { slicedOrigin } from "./text-slice.ts";

/** `match` and `split`. */
export const regexBuiltins: readonly BuiltinDefinition[] = [
  { name: "match", arity: 2, body: (args, call) => search(args, call, match) },
  { name: "split", arity: 2, body: (args, call) => search(args, call, split) },
];

interface Search {
  readonly program: RegexProgram;
  /** The text in bytes. */
  readonly bytes: string;
  /** The cell of a stretch of the text. */
  cut(start: number, end: number): Cell;
  readonly call: Call;
}

function search(args: readonly Cell[], call: Call, run: (search: Search) => Value): Value {
  const pattern = stringOf(args[0] as Cell, call.at);
  const text = stringOf(args[1] as Cell, call.at);
  const origin: Origin | undefined = register.origin;
  const bytes = toBytes(text);
  const exact = isAscii(text);
  const cut = (start: number, end: number) => {
    const from = exact ? slicedOrigin(origin, text.length, [{ from: start, to: end }], call.at) : call.at;
    return Cell.of(exact ? text.slice(start, end) : fromBytes(bytes.slice(start, end)), from);
  };
  try {
    return run({ program: programOf(pattern, call), bytes, cut, call });
  } catch (error) {
    if (error instanceof RegexTooCostly) unknown("the text is too long for its regular expression", call);
    throw error;
  }
}

const programs = new Map<string, RegexProgram>();

/** Patterns are few and used often. */
function programOf(pattern: string, call: Call): RegexProgram {
  let program = programs.get(pattern);
  if (!program) {
    try {
      program = compileRegex(toBytes(pattern));
    } catch (error) {
      if (error instanceof NixError) throw new NixError(error.kind, error.message, call.at && placeOf(call.at));
      throw error;
    }
    if (programs.size > 1_000) programs.clear();
    programs.set(pattern, program);
  }
  return program;
}

function match({ program, bytes, cut, call }: Search): Value {
  const found = wholeMatch(program, bytes);
  return found ? groupsOf(found, cut, call) : null;
}

const matched = new WeakMap<RegexProgram, Map<string, RegexMatch | undefined>>();
/** Longer texts and more of them are not kept. */
const MAX_KEPT_TEXT = 300;
const MAX_KEPT = 5_000;

/** Each host of a flake that finds its modules by their paths asks the same of the same paths. */
function wholeMatch(program: RegexProgram, bytes: string): RegexMatch | undefined {
  let kept = matched.get(program);
  if (!kept) {
    kept = new Map();
    matched.set(program, kept);
  }
  const known = kept.get(bytes);
  if (known || kept.has(bytes)) return known;
  const found = new RegexSearch(program, bytes, { whole: true }).at(0);
  if (bytes.length <= MAX_KEPT_TEXT) {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(bytes, found);
  }
  return found;
}

function groupsOf(found: RegexMatch, cut: Search["cut"], { at }: Call): NixList {
  return NixList.of(found.groups.map((group) => (group ? cut(group.start, group.end) : Cell.of(null, at))));
}

function split(task: Search): Value {
  const { bytes, cut, call } = task;
  const cells: Cell[] = [];
  let done = 0;
  for (const found of matches(task)) {
    chargeElements(2, call.at);
    cells.push(cut(done, found.start), Cell.of(groupsOf(found, cut, call), call.at));
    done = found.end;
  }
  cells.push(cut(done, bytes.length));
  return NixList.of(cells);
}

/** All matches from left to right; after an empty one, a longer one at the same place is tried first. */
function* matches({ program, bytes }: Search): Generator<RegexMatch> {
  const any = new RegexSearch(program, bytes);
  let found = any.from(0);
  while (found) {
    yield found;
    const { start, end } = found;
    if (start < end) {
      found = any.from(end);
    } else if (end === bytes.length) {
      return;
    } else {
      found = new RegexSearch(program, bytes, { notEmptyAt: end }).at(end) ?? any.from(end + 1);
    }
  }
}
