import type { LambdaExpr } from "../syntax/expr.ts";
import type { Code, Compiler } from "./compile.ts";
import { NixError } from "./nix-error.ts";
import { placeOf } from "./origin.ts";
import { Env, type Scope } from "./scope.ts";
import { whyPerhaps } from "./set-shape.ts";
import { Cell, NixAttrs, NixFunction, register, typeName, Unknown, type Value } from "./value.ts";

/** Code of a function: `x: …`, `{ a, b ? 1, ... }: …`, `x@{ … }: …`. */
export function compileLambda(compiler: Compiler, expr: LambdaExpr, scope: Scope | undefined): Code {
  const site = compiler.site(expr);
  const names = new Map<string, number>();
  const formals = expr.formals ?? [];
  if (expr.param !== undefined) names.set(expr.param, 0);
  const first = expr.param === undefined ? 0 : 1;
  formals.forEach((formal, index) => {
    names.set(formal.name, first + index);
  });
  const inner: Scope = { names, up: scope };
  let code: Code | undefined;
  // The body is not even looked at before: where a program was parsed ahead, that reads it.
  const body: Code = (env) => {
    code ??= compiler.compile(expr.body, inner);
    return code(env);
  };
  if (!expr.formals) {
    return (env) => {
      register.origin = site;
      return new NixFunction((arg) => body(new Env([arg], env)), site);
    };
  }
  const fallbacks = formals.map(
    (formal) =>
      formal.fallback && compiler.thunk(formal.fallback, inner, { site: compiler.site(formal.fallback), name: formal }),
  );
  const accepted = new Map(formals.map((formal) => [formal.name, formal.fallback !== undefined]));
  return (env) => {
    const apply = (arg: Cell): Value => {
      const given = arg.force();
      if (!(given instanceof NixAttrs) && !(given instanceof Unknown)) {
        throw new NixError("type", `value is ${typeName(given)} while a set was expected`, placeOf(site));
      }
      const cells: Cell[] = expr.param === undefined ? [] : [arg];
      const frame = new Env(cells, env);
      formals.forEach((formal, index) => {
        cells.push(argument(formal.name, given, fallbacks[index]?.bind(undefined, frame)));
      });
      if (!expr.ellipsis && given instanceof NixAttrs) {
        const extra = given.names().find((name) => !accepted.has(name));
        if (extra !== undefined) {
          throw new NixError("type", `the function is called with the unexpected argument '${extra}'`, placeOf(site));
        }
      }
      return body(frame);
    };
    register.origin = site;
    return new NixFunction(apply, site, accepted, expr.ellipsis);
  };

  function argument(name: string, given: NixAttrs | Unknown, fallback: (() => Cell) | undefined): Cell {
    if (given instanceof Unknown) return Cell.of(given.reason);
    const cell = given.get(name);
    if (cell) return cell;
    const perhaps = whyPerhaps(given, name);
    if (perhaps) return Cell.of(perhaps);
    if (fallback) return fallback();
    throw new NixError(
      "type",
      `the function needs the argument '${name}', which the call does not give`,
      placeOf(site),
    );
  }
}
