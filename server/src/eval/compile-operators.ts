import type { Expr } from "../syntax/expr.ts";
import { call } from "./call.ts";
import type { Code, Compiler } from "./compile.ts";
import { asBoolean, logic } from "./logic.ts";
import { NixError } from "./nix-error.ts";
import { arithmetic, compare, concat, equal, not, plus } from "./operators.ts";
import type { Site } from "./origin.ts";
import type { Scope } from "./scope.ts";
import { update, updateAll } from "./update.ts";
import { register, Unknown, type Value } from "./value.ts";

/** Code for an operator between two expressions. The right side is evaluated only where Nix does. */
export function compileBinary(
  compiler: Compiler,
  operator: string,
  [left, right]: readonly [left: Expr, right: Expr],
  site: Site,
  scope: Scope | undefined,
): Code {
  if (operator === "|>" || operator === "<|") {
    const [fnExpr, argExpr] = operator === "|>" ? [right, left] : [left, right];
    const fn = compiler.compile(fnExpr, scope);
    const arg = compiler.thunk(argExpr, scope, { site: compiler.site(argExpr) });
    return (env) => call(fn(env), arg(env), site);
  }
  if (operator === "+") {
    // Cells compile their code when they are computed: compiling it here as well would take the square of a long sum.
    const leftCell = compiler.thunk(left, scope, { site: compiler.site(left) });
    const rightCell = compiler.thunk(right, scope, { site: compiler.site(right) });
    return (env) => plus(leftCell(env), rightCell(env), site);
  }
  if (operator === "//" && right.kind === "binary" && right.operator === "//") {
    return compileUpdates(compiler, left, right, site, scope);
  }
  const a = compiler.compile(left, scope);
  const b = compiler.delay(right, scope);
  const done = (value: Value): Value => {
    register.origin = site;
    return value;
  };
  switch (operator) {
    case "-":
    case "*":
    case "/":
      return (env) => done(arithmetic(operator, a(env), b(env), site));
    case "++":
      return (env) =>
        done(
          concat(
            shield(() => a(env)),
            shield(() => b(env)),
            site,
          ),
        );
    case "//":
      return (env) => done(update(a(env), b(env), site));
    case "==":
      return (env) => done(equal(a(env), b(env)));
    case "!=":
      return (env) => done(not(equal(a(env), b(env)), site));
    case "&&":
      return (env) => done(logic(a(env), () => b(env), false, site));
    case "||":
      return (env) => done(logic(a(env), () => b(env), true, site));
    case "->":
      return (env) => done(logic(not(asBoolean(a(env), site), site), () => b(env), true, site));
    default:
      return (env) => done(compare(operator as "<", a(env), b(env), site));
  }
}

/** `a // b // c`, which is `a // (b // c)`, read as one. */
function compileUpdates(compiler: Compiler, left: Expr, rest: Expr, outer: Site, scope: Scope | undefined): Code {
  const codes = [compiler.compile(left, scope)];
  const sites = [outer];
  let next = rest;
  while (next.kind === "binary" && next.operator === "//") {
    codes.push(compiler.delay(next.left, scope));
    sites.push(compiler.site(next));
    next = next.right;
  }
  codes.push(compiler.delay(next, scope));
  return (env) => {
    const value = updateAll(
      codes.map((code) => code(env)),
      sites,
    );
    register.origin = outer;
    return value;
  };
}

/** Infinite recursion on one side of `++` must not take the other side with it. */
function shield(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof NixError && error.kind === "recursion") {
      return new Unknown(error.message, error.place, { error });
    }
    throw error;
  }
}
