import { Cell, look, NixAttrs, NixFunction, type Value } from "../eval/value.ts";
import type { OptionType } from "./option-type.ts";

/** An option type as a Nix value. */
export class TypeAttrs extends NixAttrs {
  readonly type: OptionType;
  constructor(type: OptionType, extra: Record<string, Cell> = {}) {
    super(
      new Map(
        Object.entries({
          _type: Cell.of("option-type"),
          name: Cell.of(type.name),
          description: Cell.of(type.description),
          check: Cell.of(new NixFunction((arg) => type.check(look(arg)), "check")),
          ...extra,
        }),
      ),
    );
    this.type = type;
  }
}

/** The option type a value stands for; undefined for types we do not know. */
export function optionTypeOf(value: Value): OptionType | undefined {
  if (value instanceof TypeAttrs) return value.type;
  return undefined;
}
