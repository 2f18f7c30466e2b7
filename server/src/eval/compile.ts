import type { ApplyExpr, AttrName, Expr, HasAttrExpr, SelectExpr, VarExpr } from "../syntax/expr.ts";
import { call } from "./call.ts";
import { callable, coerceToString } from "./coerce.ts";
import { compileAttrs, compileLegacyLet, compileLet } from "./compile-attrs.ts";
import { compileLambda } from "./compile-lambda.ts";
import { compileBinary } from "./compile-operators.ts";
import { catching } from "./doubt.ts";
import { notBoolean } from "./logic.ts";
import { lookUpWith } from "./name-lookup.ts";
import { NixError } from "./nix-error.ts";
import { negate, not } from "./operators.ts";
import { BUILT_IN, placeOf, type Site } from "./origin.ts";
import { normalisePath, parentPath, storePathOf } from "./path-name.ts";
import { rootCell, SEARCH_PATH } from "./root-env.ts";
import { ancestor, Env, resolve, type Scope, withDepths } from "./scope.ts";
import { whyPerhaps } from "./set-shape.ts";
import { eitherBranch } from "./speculate.ts";
import { joinText, type TextPart } from "./text.ts";
import {
  Cell,
  NixAttrs,
  NixFloat,
  NixList,
  NixPath,
  register,
  type Slot,
  typeName,
  Unknown,
  UnknownSignal,
  type Value,
} from "./value.ts";

/** Compiled code: computes the value in an environment and leaves its origin in the register. */
export type Code = (env: Env) => Value;

/** Compiles the expressions of one file. Bodies are compiled when they first run. */
export class Compiler {
  readonly file: string;
  private readonly isBuiltIn: boolean;
  constructor(file: string) {
    this.file = file;
    this.isBuiltIn = file.startsWith(BUILT_IN);
  }

  /** A slot as cells carry it: what the built-in library writes is written nowhere. */
  shown(slot: Slot): Slot | undefined {
    return this.isBuiltIn ? undefined : slot;
  }

  site(expr: Expr): Site {
    return { file: this.file, expr };
  }

  /** Code that compiles itself on its first run: most of a configuration's files is never evaluated. */
  delay(expr: Expr, scope: Scope | undefined): Code {
    let code: Code | undefined;
    return (env) => {
      code ??= this.compile(expr, scope);
      return code(env);
    };
  }

  /** Makes the cell of an expression: shared for constants, lazy for the rest. */
  thunk(expr: Expr, scope: Scope | undefined, written: Slot): (env: Env) => Cell {
    const slot = this.shown(written);
    const constant = this.constant(expr);
    if (constant !== undefined) {
      const cell = Cell.of(constant, written.site, slot);
      return () => cell;
    }
    const code = this.delay(expr, scope);
    return (env) => Cell.lazy(() => code(env), slot);
  }

  private constant(expr: Expr): Value | undefined {
    switch (expr.kind) {
      case "int":
      case "float":
        return numberValue(expr, this.site(expr));
      case "string":
        if (expr.parts.every((part) => part.kind === "chunk")) {
          return expr.parts.map((part) => (part.kind === "chunk" ? part.text : "")).join("");
        }
        return undefined;
      default:
        return undefined;
    }
  }

  compile(expr: Expr, scope: Scope | undefined): Code {
    const site = this.site(expr);
    switch (expr.kind) {
      case "int":
      case "float": {
        const value = numberValue(expr, site);
        return () => {
          register.origin = site;
          if (value instanceof Unknown) throw new NixError("other", value.why, value.place);
          return value;
        };
      }
      case "string":
        return this.compileText(expr.parts, site, scope);
      case "path":
        return this.compilePath(expr.parts, site, scope);
      case "search-path":
        return (env) => {
          const find = rootCell(env, SEARCH_PATH).force();
          return callable(find, site)(Cell.of(expr.name, site));
        };
      case "var":
        return this.compileVar(expr, scope, site);
      case "select":
        return this.compileSelect(expr, scope, site);
      case "has-attr":
        return this.compileHasAttr(expr, scope, site);
      case "apply":
        return this.compileApply(expr, scope, site);
      case "lambda":
        return compileLambda(this, expr, scope);
      case "let":
        return compileLet(this, expr, scope);
      case "legacy-let":
        return compileLegacyLet(this, expr, scope);
      case "with": {
        const body = this.delay(expr.body, { names: "with", up: scope });
        const set = this.thunk(expr.env, scope, { site: this.site(expr.env) });
        return (env) => body(new Env([set(env)], env));
      }
      case "assert": {
        const condition = this.compile(expr.condition, scope);
        const body = this.delay(expr.body, scope);
        return (env) => {
          const holds = condition(env);
          if (holds === false) throw new NixError("assert", "assertion failed", placeOf(this.site(expr.condition)));
          if (typeof holds !== "boolean" && !(holds instanceof Unknown)) throw notBoolean(holds, site);
          if (holds !== true && catching.depth > 0) return holds.reason;
          return body(env);
        };
      }
      case "if": {
        const condition = this.compile(expr.condition, scope);
        const yes = this.delay(expr.yes, scope);
        const no = this.delay(expr.no, scope);
        return (env) => {
          const test = condition(env);
          if (test === true) return yes(env);
          if (test === false) return no(env);
          if (test instanceof Unknown)
            return eitherBranch(
              test,
              () => yes(env),
              () => no(env),
              site,
            );
          throw notBoolean(test, site);
        };
      }
      case "unary": {
        const operand = this.compile(expr.operand, scope);
        const apply = expr.operator === "!" ? not : negate;
        return (env) => {
          const value = apply(operand(env), site);
          register.origin = site;
          return value;
        };
      }
      case "binary":
        return compileBinary(this, expr.operator, [expr.left, expr.right], site, scope);
      case "list": {
        const items = expr.items.map((item) => this.thunk(item, scope, { site: this.site(item) }));
        return (env) => {
          const list = NixList.of(items.map((item) => item(env)));
          register.origin = site;
          return list;
        };
      }
      case "attrs":
        return compileAttrs(this, expr, scope);
      case "error":
        return () => {
          register.origin = site;
          const { encryptedWith: tool } = expr;
          const why = tool === undefined ? "the file does not parse here" : `the file is encrypted with ${tool}`;
          return new Unknown(why, placeOf(site));
        };
    }
  }

  private compileText(
    parts: readonly (Expr | { kind: "chunk"; text: string })[],
    site: Site,
    scope: Scope | undefined,
  ): Code {
    if (parts.every((part) => part.kind === "chunk")) {
      const text = parts.map((part) => (part as { text: string }).text).join("");
      return () => {
        register.origin = site;
        return text;
      };
    }
    const pieces = this.textParts(parts as readonly Expr[], scope).map(
      (piece, index) => copiedPath(parts[index] as Expr, this.file) ?? piece,
    );
    return (env) =>
      joinText(
        pieces.map((piece) => piece(env)),
        site,
      );
  }

  private textParts(parts: readonly (Expr | TextChunkLike)[], scope: Scope | undefined): ((env: Env) => TextPart)[] {
    return parts.map((part) => {
      if (part.kind === "chunk") {
        const chunk = { chunk: part as Extract<TextPart, { chunk: unknown }>["chunk"] };
        return () => chunk;
      }
      const code = this.compile(part as Expr, scope);
      return (env: Env) => ({ value: code(env), origin: register.origin });
    });
  }

  private compilePath(parts: readonly (Expr | TextChunkLike)[], site: Site, scope: Scope | undefined): Code {
    const first = parts[0] as TextChunkLike;
    if (first.text.startsWith("~")) {
      return () => {
        register.origin = site;
        return new Unknown("the path lies in the home directory of whoever evaluates it", placeOf(site));
      };
    }
    const directory = first.text.startsWith("/") ? "" : `${parentPath(this.file)}/`;
    if (parts.length === 1) {
      const path = new NixPath(normalisePath(directory + first.text));
      return () => {
        register.origin = site;
        return path;
      };
    }
    const pieces = this.textParts(parts, scope);
    return (env) => {
      const text = joinText(
        pieces.map((piece) => piece(env)),
        site,
      );
      register.origin = site;
      if (text instanceof Unknown) return new Unknown(text.why, text.place, { soft: text.soft });
      return new NixPath(normalisePath(directory + (text as string)));
    };
  }

  private compileVar(expr: VarExpr, scope: Scope | undefined, site: Site): Code {
    const { name } = expr;
    // The language knows this name; nothing can be bound to it.
    if (name === "__curPos") {
      return (env) => {
        const ask = callable(rootCell(env, "__positionOf").force(), site);
        return ask(Cell.of(null, site, { site }));
      };
    }
    const binding = resolve(scope, name);
    if (binding) {
      const { depth, index } = binding;
      if (depth === 0) return (env) => (env.cells[index] as Cell).force();
      if (depth === 1) return (env) => ((env.up as Env).cells[index] as Cell).force();
      return (env) => (ancestor(env, depth).cells[index] as Cell).force();
    }
    const depths = withDepths(scope);
    return (env) => lookUpWith(env, depths, name, site);
  }

  private compileSelect(expr: SelectExpr, scope: Scope | undefined, site: Site): Code {
    const base = this.compile(expr.base, scope);
    const path = expr.path.map((name) => this.attrName(name, scope));
    const fallback = expr.fallback && this.delay(expr.fallback, scope);
    return (env) => {
      let value = base(env);
      for (const step of path) {
        const name = step(env);
        if (name instanceof Unknown) {
          register.origin = site;
          return name;
        }
        if (!(value instanceof NixAttrs)) {
          if (value instanceof Unknown) {
            const inside: Cell | undefined = name === null ? undefined : value.member(name);
            if (inside) {
              value = inside.force();
              continue;
            }
            register.origin = site;
            return value.reason;
          }
          if (fallback) return fallback(env);
          throw new NixError("type", `value is ${typeName(value)} while a set was expected`, placeOf(site));
        }
        const cell = name === null ? undefined : value.get(name);
        if (cell) {
          value = cell.force();
          continue;
        }
        const perhaps = name === null ? undefined : whyPerhaps(value, name);
        if (perhaps) {
          register.origin = site;
          return perhaps;
        }
        if (fallback) return fallback(env);
        throw new NixError("missing", `attribute '${name}' is missing`, placeOf(site));
      }
      return value;
    };
  }

  private compileHasAttr(expr: HasAttrExpr, scope: Scope | undefined, site: Site): Code {
    const base = this.compile(expr.base, scope);
    const path = expr.path.map((name) => this.attrName(name, scope));
    return (env) => {
      let value: Value = base(env);
      for (const [index, step] of path.entries()) {
        const name = step(env);
        register.origin = site;
        if (value instanceof Unknown) return value.reason;
        if (name instanceof Unknown) return name;
        if (!(value instanceof NixAttrs)) return false;
        const has: boolean | Unknown = name === null ? false : value.has(name);
        if (has !== true) return has;
        if (index < path.length - 1) value = (value.get(name as string) as Cell).force();
      }
      register.origin = site;
      return true;
    };
  }

  private compileApply(expr: ApplyExpr, scope: Scope | undefined, site: Site): Code {
    const fn = this.compile(expr.fn, scope);
    const arg = this.thunk(expr.arg, scope, { site: this.site(expr.arg) });
    const takesPath = expr.arg.kind === "path";
    return (env) => {
      const called = fn(env);
      if (called instanceof Unknown) {
        register.origin = site;
        if (!takesPath || !called.soft) return called.reason;
        return new Unknown(called.why, called.place, { soft: true, ofWorkspace: true });
      }
      return call(called, arg(env), site);
    };
  }

  /** Code for one component of an attribute path; null (as Nix has it in sets) means "no such attribute". */
  attrName(name: AttrName, scope: Scope | undefined): (env: Env) => string | null | Unknown {
    if (name.kind === "name") return () => name.name;
    const code = this.compile(name.expr, scope);
    const site = this.site(name.expr);
    return (env) => {
      const value = code(env);
      if (value === null || typeof value === "string") return value;
      if (value instanceof Unknown) return value.reason;
      try {
        return coerceToString(value, false, site);
      } catch (error) {
        if (error instanceof UnknownSignal) return error.unknown.reason;
        throw error;
      }
    };
  }
}

/**
 * What `"${/etc/key}"` puts into a text: the path of a copy in the store. Paths that may be of the workspace stay what
 * they are, so that what is read through such a text is found.
 */
function copiedPath(part: Expr, file: string): (() => TextPart) | undefined {
  if (part.kind !== "path" || part.parts.length !== 1) return undefined;
  const { text } = part.parts[0] as TextChunkLike;
  const top = (path: string) => path.split("/").slice(0, 3).join("/");
  if (!text.startsWith("/") || top(text) === top(file)) return undefined;
  const value = storePathOf(text.slice(text.lastIndexOf("/") + 1));
  return () => ({ value, origin: undefined });
}

interface TextChunkLike {
  readonly kind: "chunk";
  readonly text: string;
}

function numberValue(expr: Extract<Expr, { kind: "int" | "float" }>, site: Site): Value {
  if (expr.kind === "float") return new NixFloat(expr.value);
  const value = BigInt(expr.digits);
  if (value > 9223372036854775807n) return new Unknown(`invalid integer '${expr.digits}'`, placeOf(site));
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
