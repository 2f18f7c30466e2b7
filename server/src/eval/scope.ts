import type { Cell } from "./value.ts";

/** Run-time environment: the cells of one scope and the environment around it. */
export class Env {
  readonly cells: Cell[];
  readonly up: Env | undefined;
  constructor(cells: Cell[], up: Env | undefined) {
    this.cells = cells;
    this.up = up;
  }
}

/** Compile-time scope: which name lies in which cell. A `with` scope has one cell, the set itself. */
export interface Scope {
  readonly names: ReadonlyMap<string, number> | "with";
  readonly up: Scope | undefined;
}

/** Where a name is bound: so many environments up, at that index. */
export interface Binding {
  readonly depth: number;
  readonly index: number;
}

/** The static binding of a name; static bindings win over every `with`. */
export function resolve(scope: Scope | undefined, name: string): Binding | undefined {
  let depth = 0;
  for (let at = scope; at; at = at.up, depth++) {
    if (at.names !== "with") {
      const index = at.names.get(name);
      if (index !== undefined) {
        return { depth, index };
      }
    }
  }
  return undefined;
}

/** Distances of the `with` scopes around, innermost first. */
export function withDepths(scope: Scope | undefined): number[] {
  const depths: number[] = [];
  let depth = 0;
  for (let at = scope; at; at = at.up, depth++) {
    if (at.names === "with") {
      depths.push(depth);
    }
  }
  return depths;
}

export function ancestor(env: Env, depth: number): Env {
  let at = env;
  for (let i = 0; i < depth; i++) {
    at = at.up as Env;
  }
  return at;
}
