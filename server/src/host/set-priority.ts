import type { Unknown } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";

/**
 * How the definitions of a set as a whole stand to the plain ones that a module from outside the workspace makes:
 * `over` replaces them, `under` is replaced by them, `beside` merges with them. Unknown when a condition decides it.
 */
export type Standing = "over" | "beside" | "under" | Unknown;

/** The priority of a definition without `mkForce`, `mkDefault` or `mkOverride` around it. */
const PLAIN = 100;

/** Reads how a set is defined. One that nobody defines stands beside. */
export function standingOf(node: OptionNode): Standing {
  const definitions = node.definitions();
  const over = definitions.filter(({ priority }) => priority < PLAIN);
  if (over.some(({ condition }) => condition === true)) return "over";
  for (const { condition } of over) if (condition !== true) return condition;
  return definitions.length > 0 && definitions.every(({ priority }) => priority > PLAIN) ? "under" : "beside";
}
