import type { Place } from "../eval/origin.ts";
import { type Cell, look, NixAttrs, slotPlace, Unknown, type Value } from "../eval/value.ts";
import type { ChildName, Definition, OptionNode } from "../modules/option-node.ts";

/**
 * A value inside a list or another option seen as a node of the configuration, so that readers need
 * only one way to look at attribute sets, wherever they are written.
 */
export class CellNode implements OptionNode {
  readonly path: readonly string[];
  private readonly cell: Cell | undefined;
  private readonly absent: Unknown | undefined;
  private readonly condition: true | Unknown;

  /** `absent` says why there may be a value although none is listed. */
  constructor(
    path: readonly string[],
    cell: Cell | undefined,
    absent: Unknown | undefined,
    condition: true | Unknown = true,
  ) {
    this.path = path;
    this.cell = cell;
    this.absent = absent;
    this.condition = condition;
  }

  definitions(): readonly Definition[] {
    const { cell } = this;
    if (!cell) return [];
    const place = slotPlace(cell) ?? cell.place;
    return [
      {
        file: place?.file ?? "",
        cell,
        condition: this.condition,
        priority: 100,
        order: 1000,
        place,
        name: cell.slot?.name,
        binding: cell.slot?.binding,
      },
    ];
  }

  allDefinitions(): readonly Definition[] {
    return this.definitions();
  }

  value(): Value {
    if (this.cell) return look(this.cell);
    return this.absent ?? new Unknown("nobody sets it");
  }

  names(): readonly ChildName[] {
    const value = this.cell && look(this.cell);
    return value instanceof NixAttrs ? value.names().map((name) => ({ name, certain: true })) : [];
  }

  open(): Unknown | undefined {
    const value = this.cell && look(this.cell);
    if (value instanceof NixAttrs) return value.open;
    return value instanceof Unknown ? value : this.absent;
  }

  child(name: string): OptionNode {
    const value = this.cell && look(this.cell);
    const path = [...this.path, name];
    if (value instanceof NixAttrs) return new CellNode(path, value.get(name), value.open, this.condition);
    return new CellNode(path, undefined, value instanceof Unknown ? value : this.absent, this.condition);
  }

  at(...path: string[]): OptionNode {
    return path.reduce((node: OptionNode, name) => node.child(name), this);
  }

  isDefined(): boolean | Unknown {
    return this.cell ? true : (this.absent ?? false);
  }
}

/** Where an element or binding stands in the source, else what built its value. Force the cell first. */
export function writtenAt(cell: Cell): Place | undefined {
  return slotPlace(cell) ?? cell.place;
}
