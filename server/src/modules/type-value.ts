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
    made.set(this.get("_type") as Cell, this);
  }
}

/** Types by the mark that a copy of one keeps. */
const made = new WeakMap<Cell, TypeAttrs>();

/** The option type a value stands for; undefined for types we do not know. */
export function optionTypeOf(value: Value): OptionType | undefined {
  if (value instanceof TypeAttrs) return value.type;
  return value instanceof NixAttrs ? copiedType(value) : undefined;
}

/** What a type is called can be changed with `//`; what it takes and makes of it is the type itself. */
function copiedType(copy: NixAttrs): OptionType | undefined {
  const mark = copy.get("_type");
  const original = mark && made.get(mark);
  const isSame = original && BEHAVIOUR.every((name) => copy.get(name) === original.get(name));
  return isSame ? original.type : undefined;
}

const BEHAVIOUR = ["check", "merge", "getSubOptions", "getSubModules", "substSubModules", "nestedTypes", "emptyValue"];
