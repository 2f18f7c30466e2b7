import type { Place } from "./origin.ts";

/** `throw` and `assert` can be caught by `tryEval`; the rest cannot. `budget` is our own limit. */
export type NixErrorKind = "throw" | "assert" | "abort" | "type" | "missing" | "recursion" | "budget" | "other";

/** An error of the evaluated program. */
export class NixError extends Error {
  readonly kind: NixErrorKind;
  readonly place: Place | undefined;
  /** What `builtins.addErrorContext` says about it, innermost first. */
  readonly contexts: string[] = [];
  constructor(kind: NixErrorKind, message: string, place?: Place) {
    super(message);
    this.kind = kind;
    this.place = place;
  }
}
