import { NixError } from "./nix-error.ts";
import { Unknown } from "./value.ts";

/**
 * What is asked after something unknown, which may mean that Nix never asks it: an error in it is answered
 * with the doubt.
 */
export function afterDoubt<T>(doubt: Unknown, run: () => T): T | Unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof NixError && error.kind !== "budget") return doubt;
    throw error;
  }
}

/** The doubt that a failure is, for what may or may not meet it. */
export function withoutError({ why, place, soft }: Unknown): Unknown {
  return new Unknown(why, place, { soft });
}

/**
 * How many `tryEval`s are being computed. Elsewhere a failure that depends on something unknown is taken not to
 * happen, since a host for which it does cannot be built; who catches failures can tell the difference.
 */
export const catching = { depth: 0 };
