import type { Site } from "../eval/origin.ts";
import {
  Cell,
  Gap,
  type ListItem,
  Maybe,
  NixAttrs,
  NixFunction,
  NixList,
  NixPath,
  Unknown,
  type Value,
} from "../eval/value.ts";
import type { ChildName, Definition, OptionNode } from "../modules/option-node.ts";
import { ValueNode } from "../modules/value-node.ts";
import type { Expr } from "../syntax/expr.ts";

/*
 * A configuration written as JavaScript data, for tests of the readers that must not depend on the
 * evaluator. Every string gets its own place in `/fake.nix`, so that provenance can be checked.
 */

export const FAKE_FILE = "/fake.nix";

/** A value with the way it is defined. */
class Defined {
  readonly value: unknown;
  readonly priority: number;
  readonly order: number;
  readonly condition: true | Unknown;
  constructor(value: unknown, priority: number, order: number, condition: true | Unknown) {
    this.value = value;
    this.priority = priority;
    this.order = order;
    this.condition = condition;
  }
}

class Perhaps {
  readonly value: unknown;
  readonly condition: Unknown;
  constructor(value: unknown, why: string) {
    this.value = value;
    this.condition = new Unknown(why);
  }
}

export const unknown = (why: string): Unknown => new Unknown(why);
/** List elements that cannot be seen. */
export const gap = (why: string): Gap => new Gap(new Unknown(why));
/** In a list: an element that may be absent. As an attribute: `mkIf <unknown>`. */
export const perhaps = (value: unknown, why: string): Perhaps => new Perhaps(value, why);
export const force = (value: unknown): Defined => new Defined(value, 50, 1000, true);
export const fallback = (value: unknown): Defined => new Defined(value, 1000, 1000, true);
export const after = (value: unknown): Defined => new Defined(value, 100, 1500, true);
export const before = (value: unknown): Defined => new Defined(value, 100, 500, true);
/** A set that may have more names than listed. */
export const open = (value: Record<string, unknown>, why: string): Record<string, unknown> => ({
  ...value,
  [OPEN]: why,
});

const OPEN = "\u0000open";

/** The root of a configuration that holds `data`. */
export function fakeConfig(data: Record<string, unknown>): OptionNode {
  return new FakeNode([], data, true, { next: 0 });
}

class FakeNode implements OptionNode {
  readonly path: readonly string[];
  private readonly data: unknown;
  private readonly condition: true | Unknown;
  private readonly places: { next: number };
  private readonly cell: () => Cell;

  constructor(path: readonly string[], data: unknown, condition: true | Unknown, places: { next: number }) {
    this.path = path;
    this.data = data;
    this.condition = condition;
    this.places = places;
    let cell: Cell | undefined;
    this.cell = () => {
      cell ??= toCell(plain(this.data), this.places);
      return cell;
    };
  }

  definitions(): readonly Definition[] {
    if (this.data === undefined) return [];
    const { data } = this;
    const cell = this.cell();
    const place = cell.place;
    return [
      {
        file: FAKE_FILE,
        cell,
        condition: this.inherited(),
        priority: data instanceof Defined ? data.priority : 100,
        order: data instanceof Defined ? data.order : 1000,
        place,
        name: undefined,
        binding: undefined,
      },
    ];
  }

  allDefinitions(): readonly Definition[] {
    return this.definitions();
  }

  value(): Value {
    if (this.data === undefined) return new Unknown("nobody sets it");
    const condition = this.inherited();
    const data = plain(this.data);
    if (condition === true || isSet(data)) return this.cell().force();
    if (!Array.isArray(data)) return condition;
    const list = this.cell().force() as NixList;
    return new NixList(list.items.map((item) => (item instanceof Cell ? new Maybe(item, condition) : item)));
  }

  names(): readonly ChildName[] {
    const data = plain(this.data);
    if (!isSet(data)) return [];
    return Object.keys(data)
      .filter((name) => name !== OPEN)
      .map((name) => {
        const child = (data as Record<string, unknown>)[name];
        const condition = child instanceof Perhaps ? child.condition : this.inherited();
        return { name, certain: condition };
      });
  }

  open(): Unknown | undefined {
    const data = plain(this.data);
    if (data instanceof Unknown) return data;
    return isSet(data) && typeof data[OPEN] === "string" ? new Unknown(data[OPEN] as string) : undefined;
  }

  child(name: string): OptionNode {
    const data = plain(this.data);
    const path = [...this.path, name];
    if (!isSet(data) || !(name in data)) return absentNode(path, this.open());
    return new FakeNode(path, data[name], this.inherited(), this.places);
  }

  at(...path: string[]): OptionNode {
    return path.reduce((node: OptionNode, name) => node.child(name), this);
  }

  isDefined(): boolean | Unknown {
    if (this.data === undefined) return false;
    return this.inherited();
  }

  private inherited(): true | Unknown {
    return this.data instanceof Perhaps ? this.data.condition : this.condition;
  }
}

function absentNode(path: readonly string[], why: Unknown | undefined): OptionNode {
  const around = new NixAttrs(new Map(), why);
  return new ValueNode(path.slice(0, -1), Cell.of(around)).child(path.at(-1) ?? "");
}

function plain(data: unknown): unknown {
  return data instanceof Defined || data instanceof Perhaps ? plain(data.value) : data;
}

function isSet(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && Object.getPrototypeOf(data) === Object.prototype;
}

function toCell(data: unknown, places: { next: number }): Cell {
  if (typeof data === "string") {
    const start = places.next;
    places.next += data.length + 3;
    const expr: Expr = {
      kind: "string",
      style: "double",
      start,
      end: start + data.length + 2,
      parts: [{ kind: "chunk", text: data, start: start + 1, end: start + 1 + data.length }],
    };
    const site: Site = { file: FAKE_FILE, expr };
    return Cell.of(data, site, { site });
  }
  if (Array.isArray(data)) return Cell.of(new NixList(data.map((item) => toItem(item, places))));
  if (isSet(data)) {
    const entries = Object.entries(data).filter(([name]) => name !== OPEN);
    const why = data[OPEN];
    const cells = new Map(entries.map(([name, value]) => [name, toCell(plain(value), places)] as const));
    return Cell.of(new NixAttrs(cells, typeof why === "string" ? new Unknown(why) : undefined));
  }
  if (
    data === null ||
    typeof data === "boolean" ||
    typeof data === "number" ||
    data instanceof Unknown ||
    data instanceof NixPath ||
    data instanceof NixFunction
  ) {
    return Cell.of(data);
  }
  throw new Error(`a configuration cannot hold ${String(data)}`);
}

function toItem(data: unknown, places: { next: number }): ListItem {
  if (data instanceof Gap) return data;
  if (data instanceof Perhaps) return new Maybe(toCell(data.value, places), data.condition);
  return toCell(data, places);
}
