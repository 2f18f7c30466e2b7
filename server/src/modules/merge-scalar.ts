import { afterDoubt } from "../eval/doubt.ts";
import { equal } from "../eval/operators.ts";
import { Unknown, type Value } from "../eval/value.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext } from "./option-type.ts";

/** Merges values that must agree: one definition, or several equal ones. */
export function mergeEqual(definitions: readonly Definition[], context: MergeContext): Value {
  const first = definitions[0] as Definition;
  let doubt: Unknown | undefined;
  for (const definition of definitions.slice(1)) {
    const same = equal(givenValue(first), givenValue(definition));
    if (same === true) continue;
    if (same instanceof Unknown) doubt ??= same;
    else if (first.condition !== true || definition.condition !== true) {
      doubt ??= (definition.condition !== true ? definition.condition : first.condition) as Unknown;
    } else {
      context.report({
        kind: "conflict",
        place: definition.place,
        message: `\`${context.path.join(".")}\` has two different values.`,
        related: { place: first.place, message: "the other value" },
      });
      doubt ??= new Unknown("it is given two different values", definition.place);
    }
  }
  const value = givenValue(first);
  if (doubt) return doubt.reason;
  return definitions.some((definition) => definition.condition === true) ? value : possible(definitions, value);
}

/**
 * The value of a definition. Where one that may be absent fails, the failure is no more certain than the
 * definition is.
 */
export function givenValue({ cell, condition }: Definition): Value {
  return condition === true ? cell.force() : afterDoubt(condition, () => cell.force());
}

/** A value whose only definitions may be absent. */
function possible(definitions: readonly Definition[], value: Value): Value {
  const condition = definitions[0]?.condition as Unknown;
  return value instanceof Unknown
    ? value.reason
    : new Unknown(condition.why, condition.place, { soft: condition.soft });
}

/** Takes the only definition; several are a conflict even when equal. */
export function mergeOne(definitions: readonly Definition[], context: MergeContext): Value {
  if (definitions.length > 1 && definitions.every((definition) => definition.condition === true)) {
    context.report({
      kind: "conflict",
      place: definitions[1]?.place,
      message: `\`${context.path.join(".")}\` is defined more than once, but takes one definition only.`,
    });
    return new Unknown("it is defined more than once", definitions[1]?.place);
  }
  return mergeEqual(definitions.slice(0, 1), context);
}

/** Whether at least one definition is certain; else the first doubt. */
export function certainty(definitions: readonly Definition[]): true | Unknown {
  return definitions.some((definition) => definition.condition === true)
    ? true
    : ((definitions[0]?.condition ?? new Unknown("nothing defines it")) as true | Unknown);
}
