import { Cell, look, NixAttrs, Unknown } from "../eval/value.ts";
import type { DeclarationTree } from "./declaration.ts";
import { strongest, type Unwrapped } from "./definition.ts";

/**
 * `mkForce { … }` around a set replaces the whole option where the path is one option, and only the names it gives where
 * the path is a group of options. Where neither is known, what the other reading would drop becomes doubtful.
 */
export function settleOverrides(
  unwrapped: readonly Unwrapped[],
  declarations: DeclarationTree | undefined,
  path: readonly string[],
  owner: { isWholeOption(path: readonly string[]): boolean },
): readonly Unwrapped[] {
  const group = declarations !== undefined && !declarations.option;
  if (group || !unwrapped.some((definition) => definition.around.ownPriority)) return unwrapped;
  const isSet = unwrapped.some((definition) => look(definition.cell) instanceof NixAttrs);
  if (!isSet || declarations?.option) return unwrapped;
  const active = unwrapped.flatMap((definition) => {
    const condition = definition.around.verdict();
    return condition === false ? [] : [{ definition, plain: definition.settled(condition) }];
  });
  const kept = new Map(strongest(active.map(({ plain }) => plain)).map(({ cell, condition }) => [cell, condition]));
  const whole = owner.isWholeOption(path);
  const doubt = new Unknown(
    `another definition of \`${path.join(".")}\` has priority, and whether it replaces this one cannot be told`,
  );
  return active.flatMap(({ definition, plain }) => {
    const { cell } = definition;
    const condition = kept.get(cell);
    // A stronger definition that may be there replaces this one perhaps.
    const around =
      condition instanceof Unknown && plain.condition === true
        ? definition.around.under(Cell.of(condition))
        : definition.around;
    if (around !== definition.around && !whole) return [definition.within(around)];
    if (kept.has(cell)) return [whole ? definition.within(around.ofWholeOption()) : definition];
    return whole ? [] : [definition.within(around.under(Cell.of(doubt)))];
  });
}
