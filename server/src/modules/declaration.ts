import type { Place } from "../eval/origin.ts";
import { Cell, look, NixAttrs, NixFunction, Unknown } from "../eval/value.ts";
import { unspecified } from "./basic-types.ts";
import { submodule } from "./compound-types.ts";
import type { OptionType } from "./option-type.ts";
import { optionTypeOf } from "./type-value.ts";

/** A declared option: what `mkOption` was given. */
export interface OptionDeclaration {
  readonly file: string;
  readonly place: Place | undefined;
  /** Undefined when it is not a type we know: the option then merges freely. */
  readonly type: OptionType | undefined;
  /** The type as written, for modules that reflect on options. */
  readonly typeValue: Cell | undefined;
  readonly defaultValue: Cell | undefined;
  readonly apply: Cell | undefined;
}

/** The part of a module's `options` that lies at one path. */
export interface DeclarationSource {
  readonly file: string;
  readonly cell: Cell;
}

/** All declarations at and below one option path. Lazy: a level is read when it is asked for. */
export class DeclarationTree {
  private readonly sources: readonly DeclarationSource[];
  private readonly children = new Map<string, DeclarationTree | undefined>();
  constructor(sources: readonly DeclarationSource[]) {
    this.sources = sources;
  }

  /** The option declared exactly here, several declarations joined. */
  get option(): OptionDeclaration | undefined {
    this.optionMemo ??= { value: this.readOption() };
    return this.optionMemo.value;
  }
  private optionMemo: { value: OptionDeclaration | undefined } | undefined;

  child(name: string): DeclarationTree | undefined {
    if (!this.children.has(name)) this.children.set(name, this.readChild(name));
    return this.children.get(name);
  }

  names(): string[] {
    return [...this.index().keys()];
  }

  private readChild(name: string): DeclarationTree | undefined {
    const sources = this.index().get(name);
    return sources && new DeclarationTree(sources);
  }

  /** What each module declares below here, by name; gone through once. */
  private index(): ReadonlyMap<string, DeclarationSource[]> {
    if (!this.indexMemo) {
      const index = new Map<string, DeclarationSource[]>();
      for (const { file, cell } of this.sources) {
        const set = look(cell);
        if (!(set instanceof NixAttrs) || isOption(set)) continue;
        for (const name of set.names()) {
          const sources = index.get(name) ?? [];
          sources.push({ file, cell: set.get(name) as Cell });
          index.set(name, sources);
        }
      }
      this.indexMemo = index;
    }
    return this.indexMemo;
  }
  private indexMemo: ReadonlyMap<string, DeclarationSource[]> | undefined;

  private readOption(): OptionDeclaration | undefined {
    const declared: OptionDeclaration[] = [];
    const inside: Cell[] = [];
    for (const { file, cell } of this.sources) {
      const set = look(cell);
      if (!(set instanceof NixAttrs)) continue;
      if (isOption(set)) declared.push(declarationOf(file, cell, set));
      else inside.push(cell);
    }
    const option = declared.reduce<OptionDeclaration | undefined>((a, b) => (a ? join(a, b) : b), undefined);
    return option && inside.length > 0 ? withOptionsInside(option, inside) : option;
  }
}

/** Options may be declared inside of one whose values are sets of options, as `flake.x` of flake-parts. */
function withOptionsInside(option: OptionDeclaration, inside: readonly Cell[]): OptionDeclaration {
  if (option.type?.name !== "submodule") return option;
  const modules = inside.map((options) => Cell.of(NixAttrs.of({ options })));
  return { ...option, type: option.type.join?.(submodule({ modules })) ?? option.type };
}

function isOption(set: NixAttrs): boolean {
  const type = set.get("_type");
  return type !== undefined && look(type) === "option";
}

function declarationOf(file: string, cell: Cell, set: NixAttrs): OptionDeclaration {
  const type = set.get("type");
  return {
    file,
    place: cell.place,
    typeValue: type,
    type: type ? optionTypeOf(look(type)) : unspecified,
    defaultValue: set.get("default"),
    // The option of NixOS that another is a copy of may have any name below it, but shows none that it surely has.
    apply: set.has("apply") === true ? functionCell(set.get("apply")) : undefined,
  };
}

function functionCell(cell: Cell | undefined): Cell | undefined {
  const value = cell && look(cell);
  return value instanceof NixFunction || value instanceof Unknown || value instanceof NixAttrs ? cell : undefined;
}

function join(a: OptionDeclaration, b: OptionDeclaration): OptionDeclaration {
  const type = a.type && b.type ? (a.type.join?.(b.type) ?? a.type) : (a.type ?? b.type);
  return { ...a, type, defaultValue: a.defaultValue ?? b.defaultValue, apply: a.apply ?? b.apply };
}
