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
  /** The declarations of the same path before a change. */
  private before: DeclarationTree | undefined;

  /** `before` are those of the same path before a change: what is declared by the same is taken over. */
  constructor(sources: readonly DeclarationSource[], before?: DeclarationTree) {
    this.sources = sources;
    this.before = before;
    // One generation is enough, and all of them would be a leak.
    if (before) before.before = undefined;
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

  names(): readonly string[] {
    this.namesMemo ??= [...this.index().keys()];
    return this.namesMemo;
  }
  private namesMemo: readonly string[] | undefined;

  private readChild(name: string): DeclarationTree | undefined {
    const sources = this.index().get(name);
    const before = this.before?.children.get(name);
    if (sources && before?.isOf(sources)) return before;
    return sources && new DeclarationTree(sources, before);
  }

  private isOf(sources: readonly DeclarationSource[]): boolean {
    const { length } = sources;
    return length === this.sources.length && sources.every(({ cell }, index) => cell === this.sources[index]?.cell);
  }

  /** What each module declares below here, by name; gone through once. */
  private index(): ReadonlyMap<string, DeclarationSource[]> {
    if (!this.indexMemo) {
      this.indexMemo = this.before?.revisedIndex(this.sources) ?? this.readIndex();
    }
    return this.indexMemo;
  }
  private indexMemo: Map<string, DeclarationSource[]> | undefined;

  private readIndex(): Map<string, DeclarationSource[]> {
    const index = new Map<string, DeclarationSource[]>();
    for (const { file, cell } of this.sources) {
      const set = groupOf(cell);
      for (const name of set?.names() ?? []) {
        const sources = index.get(name) ?? [];
        sources.push({ file, cell: set?.get(name) as Cell });
        index.set(name, sources);
      }
    }
    return index;
  }

  /**
   * The index after a few modules changed that declare something about the same names, in the same order; undefined after any
   * other change. It is taken over, since the declarations of before are of no use any more.
   */
  private revisedIndex(sources: readonly DeclarationSource[]): Map<string, DeclarationSource[]> | undefined {
    const index = this.indexMemo;
    if (!index || sources.length !== this.sources.length) return undefined;
    const replacements: [name: string, at: number, now: DeclarationSource][] = [];
    for (const [place, { file, cell }] of sources.entries()) {
      const before = this.sources[place] as DeclarationSource;
      if (before.cell === cell) continue;
      const [was, now] = [groupOf(before.cell), groupOf(cell)];
      const names = now?.names() ?? [];
      const namesBefore = was?.names() ?? [];
      if (names.length !== namesBefore.length) return undefined;
      for (const [order, name] of names.entries()) {
        const inside = was?.get(name);
        const at = index.get(name)?.findIndex((source) => source.cell === inside) ?? -1;
        if (namesBefore[order] !== name || at < 0) return undefined;
        replacements.push([name, at, { file, cell: now?.get(name) as Cell }]);
      }
    }
    // Others may hold the lists as they were.
    for (const [name, at, now] of replacements) index.set(name, (index.get(name) ?? []).with(at, now));
    return index;
  }

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

/** The set of declarations that a cell holds, unless it is one itself. */
function groupOf(cell: Cell): NixAttrs | undefined {
  const set = look(cell);
  return set instanceof NixAttrs && !isOption(set) ? set : undefined;
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
