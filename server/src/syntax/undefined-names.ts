import type { AttrName, Binding, Expr, LambdaExpr, Program, SyntaxProblem } from "./expr.ts";
import { GLOBAL_NAMES } from "./global-names.ts";
import { children } from "./walk.ts";

/** What one file says of names. */
interface Names {
  readonly undefined: readonly SyntaxProblem[];
  /** It may import others with names of its choice. */
  readonly importsScoped: boolean;
}

const known = new WeakMap<Program, Names>();

/**
 * Names that nothing around them defines. Nix looks them up when it parses, so it refuses the whole file, whatever
 * is made of it. Silent below `with`, which may define any name, and in a file that does not parse, since what is
 * missing may be the definition. Remembered for each program. Source: Nix 2.31, `ExprVar::bindVars` in src/libexpr/nixexpr.cc.
 */
export function undefinedNames(program: Program): readonly SyntaxProblem[] {
  return namesOf(program).undefined;
}

/** Whether a file may import others with `scopedImport`, which defines names in them that they do not show. */
export function importsScoped(program: Program): boolean {
  return namesOf(program).importsScoped;
}

function namesOf(program: Program): Names {
  let names = known.get(program);
  if (!names) {
    names = program.problems.length > 0 ? { undefined: [], importsScoped: false } : new NameWalk().read(program.root);
    known.set(program, names);
  }
  return names;
}

/** Deeper than any file that people write; what nests deeper is not looked at. */
const MAX_DEPTH = 2000;

/** One walk over a file, with how often each name is defined around the place where it is. */
class NameWalk {
  private readonly defined = new Map<string, number>(["builtins", ...GLOBAL_NAMES].map((name) => [name, 1]));
  private readonly found = new Map<string, SyntaxProblem>();
  private withs = 0;
  private depth = 0;
  private importsScoped = false;

  read(root: Expr): Names {
    this.visit(root);
    return { undefined: [...this.found.values()], importsScoped: this.importsScoped };
  }

  private visit(expr: Expr): void {
    if (this.depth >= MAX_DEPTH) return;
    this.depth++;
    switch (expr.kind) {
      case "var":
        this.use(expr.name, expr);
        break;
      case "lambda":
        this.within(namesOfLambda(expr), () => {
          for (const { fallback } of expr.formals ?? []) if (fallback) this.visit(fallback);
          this.visit(expr.body);
        });
        break;
      case "let":
        this.visitBindings(expr.bindings, true, expr.body);
        break;
      case "legacy-let":
        this.visitBindings(expr.bindings, true);
        break;
      case "attrs":
        this.visitBindings(expr.bindings, expr.recursive);
        break;
      case "with":
        this.visit(expr.env);
        this.withs++;
        this.visit(expr.body);
        this.withs--;
        break;
      case "select":
        if (expr.path.some((name) => name.kind === "name" && SCOPED.has(name.name))) this.importsScoped = true;
        for (const child of children(expr)) this.visit(child);
        break;
      default:
        for (const child of children(expr)) this.visit(child);
    }
    this.depth--;
  }

  private visitBindings(bindings: readonly Binding[], recursive: boolean, body?: Expr): void {
    // What is inherited without a source comes from around the set, also in `rec` and `let`.
    for (const binding of bindings) {
      if (binding.kind === "inherit" && !binding.from) {
        for (const name of binding.names) if (name.kind === "name") this.use(name.name, name);
      }
    }
    const names = [...(recursive ? bindings.flatMap(firstNames) : []), ...namesOfJoinedSets(bindings)];
    this.within(names, () => {
      for (const binding of bindings) {
        if (binding.kind === "inherit") {
          if (binding.from) this.visit(binding.from);
          continue;
        }
        for (const name of binding.path) if (name.kind === "dynamic") this.visit(name.expr);
        this.visit(binding.value);
      }
      if (body) this.visit(body);
    });
  }

  private within(names: readonly string[], visit: () => void): void {
    for (const name of names) this.defined.set(name, (this.defined.get(name) ?? 0) + 1);
    visit();
    for (const name of names) this.defined.set(name, (this.defined.get(name) as number) - 1);
  }

  private use(name: string, { start, end }: { readonly start: number; readonly end: number }): void {
    if (SCOPED.has(name)) this.importsScoped = true;
    if (this.withs > 0 || (this.defined.get(name) ?? 0) > 0 || name.startsWith("__") || this.found.has(name)) return;
    const message = `\`${name}\` is not defined here. ${whereFrom(name)}Nix refuses the whole file.`;
    this.found.set(name, { message, start, end });
  }
}

/** `builtins.scopedImport`, and haumea's loader of that kind. */
const SCOPED = new Set(["scopedImport", "scoped"]);

/** What modules and packages get as arguments, and what people forget to name there. */
function whereFrom(name: string): string {
  return ARGUMENTS.has(name) ? `A file gets it as an argument: \`{ ${name}, ... }:\` at its top. ` : "";
}

const ARGUMENTS = new Set(["config", "lib", "pkgs", "options", "modulesPath", "inputs", "self"]);

function namesOfLambda({ param, formals }: LambdaExpr): string[] {
  const names = formals?.map(({ name }) => name) ?? [];
  if (param !== undefined) names.push(param);
  return names;
}

function firstNames(binding: Binding): string[] {
  const names: readonly (AttrName | undefined)[] =
    binding.kind === "inherit" ? binding.names : binding.path.slice(0, 1);
  return names.flatMap((name) => (name?.kind === "name" ? [name.name] : []));
}

/** `a = rec { x = 1; }; a.y = x;` is one recursive set, in which `x` is defined. */
function namesOfJoinedSets(bindings: readonly Binding[]): string[] {
  return bindings.flatMap((binding) => {
    if (binding.kind === "inherit" || binding.value.kind !== "attrs" || !binding.value.recursive) return [];
    const [first] = firstNames(binding);
    const isJoined = bindings.some((other) => other !== binding && firstNames(other)[0] === first);
    return isJoined ? binding.value.bindings.flatMap(firstNames) : [];
  });
}
