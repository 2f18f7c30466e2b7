import { restOf } from "../eval/set-shape.ts";
import { byCodePoint, Cell, look, NixAttrs, PerhapsAttrs, slotPlace, Unknown, type Value } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import { PRIORITY } from "./definition.ts";
import type { ChildName, Definition, OptionNode } from "./option-node.ts";

/** A node inside the value of a declared option: its structure is the value's own. */
export class ValueNode implements OptionNode {
  readonly path: readonly string[];
  readonly cell: Cell;
  /** Why it may not be there at all. */
  private readonly doubt: Unknown | undefined;
  constructor(path: readonly string[], cell: Cell, doubt?: Unknown) {
    this.path = path;
    this.cell = cell;
    this.doubt = doubt;
  }

  value(): Value {
    return look(this.cell);
  }

  definitions(): readonly Definition[] {
    if (this.isDefined() === false) return [];
    const place = slotPlace(this.cell) ?? this.cell.place;
    const slot = this.cell.slot;
    return [
      {
        file: place?.file ?? "",
        cell: this.cell,
        condition: this.doubt ?? true,
        priority: PRIORITY.plain,
        order: 1000,
        place,
        name: slot?.name,
        binding: slot?.binding,
      },
    ];
  }

  allDefinitions(): readonly Definition[] {
    return this.definitions();
  }

  names(): readonly ChildName[] {
    const value = this.value();
    if (value instanceof ConfigAttrs) return value.whole().names();
    if (!(value instanceof NixAttrs)) return [];
    const names: ChildName[] = value.names().map((name) => ({ name, certain: true }));
    if (!(value instanceof PerhapsAttrs)) return names;
    const perhaps = [...value.perhaps].map(([name, { condition }]) => ({ name, certain: condition }));
    return [...names, ...perhaps].sort((a, b) => byCodePoint(a.name, b.name));
  }

  open(): Unknown | undefined {
    const value = this.value();
    return value instanceof Unknown ? value : value instanceof NixAttrs ? restOf(value) : undefined;
  }

  child(name: string): OptionNode {
    const value = this.value();
    if (value instanceof ConfigAttrs) return value.whole().child(name);
    const path = [...this.path, name];
    const cell = value instanceof NixAttrs ? value.get(name) : undefined;
    if (cell) return new ValueNode(path, cell, this.doubt);
    const perhaps = value instanceof PerhapsAttrs ? value.perhaps.get(name) : undefined;
    if (perhaps) return new ValueNode(path, perhaps.cell, this.doubt ?? perhaps.condition);
    if (value instanceof PerhapsAttrs && !value.rest) return new ValueNode(path, Cell.of(ABSENT));
    const why = value instanceof Unknown ? value : value instanceof NixAttrs ? value.open : undefined;
    return new ValueNode(path, Cell.of(why ?? ABSENT));
  }

  at(...path: string[]): OptionNode {
    return path.reduce<OptionNode>((node, name) => node.child(name), this);
  }

  isDefined(): boolean | Unknown {
    const value = this.value();
    return value === ABSENT ? false : value instanceof Unknown ? value : (this.doubt ?? true);
  }
}

const ABSENT = new Unknown("it is not set");
