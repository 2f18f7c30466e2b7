import type { Expr, Program } from "../syntax/expr.ts";
import { children } from "../syntax/walk.ts";

/** The paths that a program writes out, as they are written: `./helper.nix`. Of one with a hole, what stands before it. */
export function namedPaths({ root }: Program): Set<string> {
  const names = new Set<string>();
  const open: Expr[] = root ? [root] : [];
  for (let expr = open.pop(); expr; expr = open.pop()) {
    const first = expr.kind === "path" ? expr.parts[0] : undefined;
    if (first?.kind === "chunk") names.add(first.text);
    open.push(...children(expr));
  }
  return names;
}

/** A relative path without the steps that lead to where it begins: `lib/x.nix` of `../lib/x.nix`. */
export function withoutDots(name: string): string {
  return name.replace(/^(?:\.{1,2}\/)+/, "");
}
