import { Cell, look, NixAttrs, slotPlace, Unknown, type Value } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import { PRIORITY } from "./definition.ts";
import type { ChildName, Definition, OptionNode } from "./option-node.ts";

/** A node inside the value of a declared option: its structure is the value's own. */
export class ValueNode implements OptionNode {
  readonly path: readonly string[];
  readonly cell: Cell;
  constructor(path: readonly string[], cell: Cell) {
    this.path = path;
    this.cell = cell;
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
        condition: true,
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
    if (value instanceof ConfigAttrs) return value.node.names();
    return value instanceof NixAttrs ? value.names().map((name) => ({ name, certain: true as const })) : [];
  }

  open(): Unknown | undefined {
    const value = this.value();
    return value instanceof Unknown ? value : value instanceof NixAttrs ? value.open : undefined;
  }

  child(name: string): OptionNode {
    const value = this.value();
    if (value instanceof ConfigAttrs) return value.node.child(name);
    const path = [...this.path, name];
    const cell = value instanceof NixAttrs ? value.get(name) : undefined;
    if (cell) return new ValueNode(path, cell);
    const why = value instanceof Unknown ? value : value instanceof NixAttrs ? value.open : undefined;
    return new ValueNode(path, Cell.of(why ?? ABSENT));
  }

  at(...path: string[]): OptionNode {
    return path.reduce<OptionNode>((node, name) => node.child(name), this);
  }

  isDefined(): boolean | Unknown {
    const value = this.value();
    return value === ABSENT ? false : value instanceof Unknown ? value : true;
  }
}

const ABSENT = new Unknown("it is not set");
