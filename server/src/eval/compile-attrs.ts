import type { AttrsExpr, Binding, Expr, LegacyLetExpr, LetExpr, Span } from "../syntax/expr.ts";
import type { Code, Compiler } from "./compile.ts";
import { NixError } from "./nix-error.ts";
import { placeOf, type Site } from "./origin.ts";
import { Env, type Scope } from "./scope.ts";
import { whyPerhaps } from "./set-shape.ts";
import { Cell, NixAttrs, register, type Slot, Unknown } from "./value.ts";

/*
 * Attribute sets and `let`. Bindings with paths (`a.b = 1; a.c = 2;`) and repeated sets
 * (`a = { … }; a.d = 3;`) are joined before compiling, as Nix's parser does.
 */

/** A set under construction. */
interface SetPlan {
  readonly kind: "set";
  recursive: boolean;
  readonly entries: Map<string, Entry>;
  readonly dynamics: { name: Extract<Binding, { kind: "bind" }>["path"][number]; plan: Plan; slot: Slot }[];
  /** Sources of `inherit (from) …`, evaluated once a set. */
  readonly sources: Expr[];
  readonly expr: Expr;
}
type Plan = { readonly kind: "value"; readonly expr: Expr } | SetPlan;
type Entry =
  | { readonly kind: "plan"; plan: Plan; readonly slot: Slot }
  | { readonly kind: "inherit"; readonly name: string; readonly slot: Slot }
  | { readonly kind: "inherit-from"; readonly name: string; readonly source: number; readonly slot: Slot };

export function compileAttrs(compiler: Compiler, expr: AttrsExpr, scope: Scope | undefined): Code {
  return compilePlan(compiler, planSet(compiler, expr, expr.recursive, expr.bindings), scope);
}

export function compileLet(compiler: Compiler, expr: LetExpr, scope: Scope | undefined): Code {
  const plan = planSet(compiler, expr, true, expr.bindings);
  const frame = compileFrame(compiler, plan, scope);
  const body = compiler.delay(expr.body, frame.scope);
  return (env) => body(frame.make(env).env);
}

export function compileLegacyLet(compiler: Compiler, expr: LegacyLetExpr, scope: Scope | undefined): Code {
  const plan = planSet(compiler, expr, true, expr.bindings);
  const frame = compileFrame(compiler, plan, scope);
  return (env) => {
    const body = frame.make(env).cells.get("body");
    if (!body) throw new NixError("missing", "attribute 'body' is missing", placeOf(compiler.site(expr)));
    return body.force();
  };
}

function planSet(compiler: Compiler, expr: Expr, recursive: boolean, bindings: readonly Binding[]): SetPlan {
  const plan: SetPlan = { kind: "set", recursive, entries: new Map(), dynamics: [], sources: [], expr };
  for (const binding of bindings) addBinding(compiler, plan, binding);
  return plan;
}

function addBinding(compiler: Compiler, plan: SetPlan, binding: Binding): void {
  if (binding.kind === "bind") {
    addPath(compiler, plan, binding.path, binding, binding);
    return;
  }
  const source = binding.from ? plan.sources.push(binding.from) - 1 : -1;
  for (const name of binding.names) {
    if (name.kind !== "name" || plan.entries.has(name.name)) continue;
    const expr: Expr = { kind: "var", name: name.name, start: name.start, end: name.end };
    const slot: Slot = { site: compiler.site(expr), name, binding };
    plan.entries.set(
      name.name,
      source < 0 ? { kind: "inherit", name: name.name, slot } : { kind: "inherit-from", name: name.name, source, slot },
    );
  }
}

type BindPath = Extract<Binding, { kind: "bind" }>["path"];
type BindValue = Extract<Binding, { kind: "bind" }>;

function addPath(compiler: Compiler, plan: SetPlan, path: BindPath, binding: BindValue, whole: Span): void {
  const [head, ...rest] = path;
  if (!head) return;
  const inner = (): Plan => {
    if (rest.length === 0) return { kind: "value", expr: binding.value };
    const synthetic = syntheticSet(rest, binding);
    const nested = planSet(compiler, synthetic, false, []);
    addPath(compiler, nested, rest, binding, whole);
    return nested;
  };
  const slotFor = (value: Plan): Slot => ({ site: compiler.site(value.expr), name: head, binding: whole });
  if (head.kind === "dynamic") {
    const value = inner();
    plan.dynamics.push({ name: head, plan: value, slot: slotFor(value) });
    return;
  }
  const existing = plan.entries.get(head.name);
  if (!existing) {
    const value = inner();
    plan.entries.set(head.name, { kind: "plan", plan: value, slot: slotFor(value) });
    return;
  }
  if (existing.kind !== "plan") return; // A duplicate, which the syntax layer reports.
  const target = asSet(compiler, existing.plan);
  if (!target) return;
  if (rest.length > 0) {
    existing.plan = target;
    addPath(compiler, target, rest, binding, whole);
  } else if (binding.value.kind === "attrs") {
    existing.plan = target;
    for (const nested of binding.value.bindings) addBinding(compiler, target, nested);
  }
}

/** The set that `a.b.c = v` puts at `a`, as a node that covers the binding. */
function syntheticSet(rest: BindPath, binding: BindValue): AttrsExpr {
  const start = rest[0]?.start ?? binding.start;
  return {
    kind: "attrs",
    recursive: false,
    bindings: [{ kind: "bind", path: rest, value: binding.value, start, end: binding.end }],
    start,
    end: binding.end,
  };
}

function asSet(compiler: Compiler, plan: Plan): SetPlan | undefined {
  if (plan.kind === "set") return plan;
  const { expr } = plan;
  return expr.kind === "attrs" ? planSet(compiler, expr, expr.recursive, expr.bindings) : undefined;
}

interface Frame {
  readonly scope: Scope;
  make(env: Env): { env: Env; cells: Map<string, Cell> };
}

/** A recursive scope: every entry sees the others. */
function compileFrame(compiler: Compiler, plan: SetPlan, scope: Scope | undefined): Frame {
  const names = new Map([...plan.entries.keys()].map((name, index) => [name, index]));
  const inner: Scope = { names, up: scope };
  const sources = plan.sources.map((from) => compiler.thunk(from, inner, { site: compiler.site(from) }));
  const { keys, makers } = makersOf(plan, (entry) => entryMaker(compiler, entry, inner, scope));
  return {
    scope: inner,
    make(env) {
      const slots: Cell[] = [];
      const own = new Env(slots, env);
      const from = sources.length === 0 ? NO_SOURCES : sources.map((source) => source(own));
      const cells = new Map<string, Cell>();
      for (let at = 0; at < keys.length; at++) {
        const cell = (makers[at] as EntryMaker)(own, env, from);
        slots.push(cell);
        cells.set(keys[at] as string, cell);
      }
      return { env: own, cells };
    },
  };
}

/** `rec { __overrides = …; }`, as old as it is: what it holds replaces the bindings, for the set itself too. */
function applyOverrides(scope: Scope, env: Env, cells: Map<string, Cell>, at: Site): Unknown | undefined {
  const cell = cells.get("__overrides");
  if (!cell) return undefined;
  const overrides = cell.force();
  if (overrides instanceof Unknown) return overrides;
  if (!(overrides instanceof NixAttrs)) throw new NixError("type", "`__overrides` has to be a set", placeOf(at));
  const names = scope.names as ReadonlyMap<string, number>;
  for (const name of overrides.names()) {
    const value = overrides.get(name) as Cell;
    const index = names.get(name);
    if (index !== undefined) env.cells[index] = value;
    cells.set(name, value);
  }
  return overrides.open;
}

type EntryMaker = (own: Env, outer: Env, sources: readonly Cell[]) => Cell;

/**
 * The names of a set and what makes their cells, side by side. Sets are made more often than anything else: going through
 * pairs would make three objects for each name.
 */
function makersOf(plan: SetPlan, makerOf: (entry: Entry) => EntryMaker) {
  return { keys: [...plan.entries.keys()], makers: [...plan.entries.values()].map(makerOf) };
}

function entryMaker(compiler: Compiler, entry: Entry, own: Scope | undefined, outer: Scope | undefined): EntryMaker {
  switch (entry.kind) {
    case "inherit": {
      const code = compiler.delay(entry.slot.site.expr, outer);
      const slot = compiler.shown(entry.slot);
      return (_own, env) => Cell.lazy(() => code(env), slot);
    }
    case "inherit-from":
      return (_own, _env, sources) => {
        const source = sources[entry.source] as Cell;
        return Cell.lazy(() => selectInherited(source, entry.name, entry.slot), compiler.shown(entry.slot));
      };
    case "plan": {
      const make = planThunk(compiler, entry.plan, own, entry.slot);
      return (env) => make(env);
    }
  }
}

function selectInherited(source: Cell, name: string, slot: Slot) {
  const set = source.force();
  register.origin = slot.site;
  if (set instanceof Unknown) return set.member(name)?.force() ?? set.reason;
  if (!(set instanceof NixAttrs)) throw new NixError("type", "inherit needs a set", placeOf(slot.site));
  const cell = set.get(name);
  if (cell) return cell.force();
  const perhaps = whyPerhaps(set, name);
  if (perhaps) return perhaps;
  throw new NixError("missing", `attribute '${name}' is missing`, placeOf(slot.site));
}

function planThunk(compiler: Compiler, plan: Plan, scope: Scope | undefined, slot: Slot): (env: Env) => Cell {
  if (plan.kind === "value") return compiler.thunk(plan.expr, scope, slot);
  let code: Code | undefined;
  return (env) =>
    Cell.lazy(() => {
      code ??= compilePlan(compiler, plan, scope);
      return code(env);
    }, compiler.shown(slot));
}

function compilePlan(compiler: Compiler, plan: SetPlan, scope: Scope | undefined): Code {
  const site = compiler.site(plan.expr);
  const build = plan.recursive ? recursiveBuilder(compiler, plan, scope) : plainBuilder(compiler, plan, scope);
  const inner = plan.recursive ? build.scope : scope;
  const dynamics = plan.dynamics.map(({ name, plan: value, slot }) => ({
    name: compiler.attrName(name, inner),
    make: planThunk(compiler, value, inner, slot),
  }));
  return (env) => {
    const { env: own, cells } = build.make(env);
    let open = plan.recursive ? applyOverrides(build.scope, own, cells, site) : undefined;
    for (const dynamic of dynamics) {
      const name = dynamic.name(own);
      if (name instanceof Unknown) open ??= name;
      else if (name !== null) {
        if (cells.has(name)) throw new NixError("other", `attribute '${name}' is defined twice`, placeOf(site));
        cells.set(name, dynamic.make(own));
      }
    }
    register.origin = site;
    return new NixAttrs(cells, open);
  };
}

const NO_SOURCES: readonly Cell[] = [];

function recursiveBuilder(compiler: Compiler, plan: SetPlan, scope: Scope | undefined): Frame {
  return compileFrame(compiler, plan, scope);
}

function plainBuilder(compiler: Compiler, plan: SetPlan, scope: Scope | undefined): Frame {
  const sources = plan.sources.map((from) => compiler.thunk(from, scope, { site: compiler.site(from) }));
  const { keys, makers } = makersOf(plan, (entry) => entryMaker(compiler, entry, scope, scope));
  return {
    scope: scope as Scope,
    make(env) {
      const from = sources.length === 0 ? NO_SOURCES : sources.map((source) => source(env));
      const cells = new Map<string, Cell>();
      for (let at = 0; at < keys.length; at++)
        cells.set(keys[at] as string, (makers[at] as EntryMaker)(env, env, from));
      return { env, cells };
    },
  };
}
