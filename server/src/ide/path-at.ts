import type { Place } from "../eval/origin.ts";
import type { Expr, Program, Span, StringExpr } from "../syntax/expr.ts";
import { bindingAt, enclosing } from "../syntax/walk.ts";

/** Text of a file that names a path. */
export interface WrittenPath {
  readonly text: string;
  readonly span: Span;
}

/** The string at an offset (a value or an attribute name in quotes), when it has no interpolation and is no part of a longer one. */
export function writtenTextAt(program: Program, offset: number): WrittenPath | undefined {
  const [around, inner] = enclosing(program, offset).slice(-2);
  const innermost = inner ?? around;
  if (innermost?.kind === "string") {
    const isPart = innermost === inner && around?.kind === "binary" && around.operator === "+";
    return isPart ? undefined : plainString(innermost);
  }
  const found = bindingAt(program, offset);
  if (found?.binding.kind !== "bind") return undefined;
  const name = found.binding.path.find((part) => part.start <= offset && offset <= part.end);
  return name?.kind === "name" && name.end - name.start > name.name.length
    ? { text: name.name, span: name }
    : undefined;
}

function plainString(expr: StringExpr): WrittenPath | undefined {
  let text = "";
  for (const part of expr.parts) {
    if (part.kind !== "chunk") return undefined;
    text += part.text;
  }
  return { text, span: expr };
}

/** The relative or absolute path literal at an offset. */
export function pathLiteralAt(program: Program, offset: number): Extract<Expr, { kind: "path" }> | undefined {
  return enclosing(program, offset).find((expr) => expr.kind === "path");
}

export function holdsOffset(place: Place | undefined, file: string, offset: number): boolean {
  return place !== undefined && place.file === file && place.start <= offset && offset <= place.end;
}
