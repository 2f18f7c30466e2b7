import { functionOf } from "../eval/coerce.ts";
import { equal } from "../eval/operators.ts";
import { Cell, look, NixAttrs, PerhapsAttrs, register, Unknown, type Value } from "../eval/value.ts";
import { ChildIndex, gapOf } from "./child-index.ts";
import { ConfigAttrs, NodeAttrs } from "./config-attrs.ts";
import type { DeclarationTree, OptionDeclaration } from "./declaration.ts";
import { Around, activeDefinitions, PRIORITY, RawDefinition, strongest, type Unwrapped, unwrap } from "./definition.ts";
import { isGroupOfNixos } from "./known-options.ts";

import { mergeUndeclared } from "./merge-undeclared.ts";
import { isOfNixos } from "./nixos-files.ts";
import { nodeContext } from "./node-context.ts";
import { noted, noting } from "./noted-reads.ts";
import type { ChildName, Definition, ModuleProblem, OptionNode } from "./option-node.ts";
import type { MergeContext, OptionType, SubmoduleRequest } from "./option-type.ts";
import type { PathSet } from "./path-set.ts";
import { asReadBack } from "./read-back.ts";
import { settleOverrides } from "./settle-overrides.ts";
import { UnsetOption } from "./unset-option.ts";
import { ValueNode } from "./value-node.ts";

/** What a node needs from the set of modules it belongs to. */
export interface NodeOwner {
  /**
   * What an option that no module in sight declares is: `world`: NixOS or a module we cannot see declares
   * it; `freeform`: the set takes any name; `closed`: a mistake.
   */
  readonly undeclared: "world" | "freeform" | "closed";
  /** The type of what has any name in a set that takes any, where that decides how definitions are joined. */
  readonly freeformType: OptionType | undefined;
  report(problem: ModuleProblem): void;
  submodule(request: SubmoduleRequest): NixAttrs;
  /** The default of an option that nobody declares in the workspace, if the catalogue or a convention knows it. */
  knownDefault(path: readonly string[]): Value | undefined;
  /** What a modelled module puts at a path, for code of the configuration that reads it back. */
  readBack(path: readonly string[]): Value | undefined;
  /** Whether a module from outside the workspace declares the group of options with this name, as far as can be told. */
  importsGroup(path: readonly string[]): boolean | undefined;
  /** The input that is called like a group that the path is in, and whose modules are imported: it declares the group. */
  inputCalled?(path: readonly string[]): string | undefined;
  /** Whether the path is one option (an attrsOf or submodule) rather than a group of options. */
  isWholeOption(path: readonly string[]): boolean;
  readonly lib: Cell;
  /** `config._module`: what the modules are given as arguments. */
  readonly moduleArguments: Cell;
}

/**
 * Where a node stands. Definitions are read from the parent only when they are asked for: what is declared
 * below must be known without looking at any definition.
 */
type Position =
  | { readonly path: readonly string[]; readonly definitions: readonly RawDefinition[] }
  | { readonly parent: Seat; readonly name: string };

/** Where children find the node above them: the next one that takes its place sits down there. */
interface Seat {
  node: MergeNode;
}

/** The node that stood at the same path before a change, and the paths from there on that the change reaches. */
interface Replaced {
  readonly node: MergeNode;
  readonly dirty: PathSet;
}

/** A node of the merged configuration: a group of options, a declared option, or an undeclared one. */
export class MergeNode implements OptionNode {
  private isReading = false;
  private readonly owner: NodeOwner;
  /** What is declared here and below. */
  readonly declarations: DeclarationTree | undefined;
  private readonly position: Position;
  /** Made with the first child. */
  private seat: Seat | undefined;
  /** What this node replaces after a change, until it is replaced itself. */
  private replaced: Replaced | undefined;
  private pathMemo: readonly string[] | undefined;
  /** Made when the first child is asked for; most nodes are leaves. */
  private children: Map<string, OptionNode> | undefined;
  private unwrappedMemo: readonly Unwrapped[] | undefined;
  private indexMemo: ChildIndex | undefined;
  private namesMemo: readonly ChildName[] | undefined;
  private cellMemo: Cell | undefined;
  private activeMemo: readonly Definition[] | undefined;
  private strongestMemo: readonly Definition[] | undefined;
  private definedMemo: boolean | undefined;
  /** Where it was noted last that somebody read this node: most ask for several things in a row. */
  private notedIn: PathSet | undefined;

  constructor(
    owner: NodeOwner,
    position: Position,
    declarations: DeclarationTree | undefined,
    replaced?: Replaced | undefined,
  ) {
    this.owner = owner;
    this.position = position;
    this.declarations = declarations;
    this.replaced = replaced;
    // One generation is enough, and all of them would be a leak.
    if (replaced) replaced.node.replaced = undefined;
  }

  /** The root that takes this one's place after a change. */
  replacedBy(
    definitions: readonly RawDefinition[],
    declarations: DeclarationTree | undefined,
    dirty: PathSet,
  ): MergeNode {
    return new MergeNode(this.owner, { path: this.path, definitions }, declarations, { node: this, dirty });
  }

  get path(): readonly string[] {
    const { position } = this;
    this.pathMemo ??= "parent" in position ? [...position.parent.node.path, position.name] : position.path;
    return this.pathMemo;
  }

  /** The definitions here, wrapped as they were written. */
  private readRaw(): readonly RawDefinition[] {
    const { position } = this;
    return "parent" in position ? position.parent.node.index().definitionsOf(position.name) : position.definitions;
  }

  /** The node in whose place it stands since the last change. */
  get before(): MergeNode | undefined {
    return this.replaced?.node;
  }

  /** The merged value as a cell, which evaluation shares and detects recursion with. */
  get cell(): Cell {
    // What a value is made of is the business of those who make it.
    this.cellMemo ??= Cell.lazy(() => noting(undefined, () => this.evaluate()));
    return this.cellMemo;
  }

  value(): Value {
    this.note();
    return look(this.cell);
  }

  /** Whoever reads hosts asks for something that depends on this node or those below. */
  note(): void {
    const { reads } = noted;
    if (reads === undefined || reads === this.notedIn) return;
    this.notedIn = reads;
    const { position } = this;
    // Whoever read all of the group that it stands in has read it as well.
    if ("parent" in position && position.parent.node.notedIn === reads) return;
    reads.addWhole(this.path);
  }

  definitions(): readonly Definition[] {
    const all = this.allDefinitions();
    if (all !== this.activeMemo) return strongest(all);
    this.strongestMemo ??= strongest(all);
    return this.strongestMemo;
  }

  allDefinitions(): readonly Definition[] {
    this.note();
    if (this.activeMemo) return this.activeMemo;
    const unwrapped = this.unwrapped();
    const active = activeDefinitions(unwrapped);
    // A condition that cannot be decided now may be decided later, as `Around` says.
    if (active.every(({ condition }) => condition === true)) this.activeMemo = active;
    return active;
  }

  isDefined(): boolean | Unknown {
    this.note();
    return this.isSet();
  }

  private isSet(): boolean | Unknown {
    if (this.definedMemo !== undefined) return this.definedMemo;
    const defined = this.readIsDefined();
    if (typeof defined === "boolean") this.definedMemo = defined;
    return defined;
  }

  private readIsDefined(): boolean | Unknown {
    let doubt: Unknown | undefined;
    for (const definition of this.unwrapped()) {
      const condition = definition.around.verdict();
      if (condition === false) continue;
      const gap = gapOf(definition);
      if (condition === true && !gap) return true;
      doubt ??= gap ?? (condition as Unknown);
    }
    return doubt ?? false;
  }

  isDeclared(): boolean {
    return this.declarations !== undefined;
  }

  /** Whether an option that is not declared in sight does not exist. */
  get inClosedWorld(): boolean {
    return this.owner.undeclared !== "world";
  }

  /** Whether a group of options below is there because a module that declares it is imported. */
  importsGroup(name: string): boolean | undefined {
    return this.owner.importsGroup([...this.path, name]);
  }

  /** The value an option here has when nobody sets it, if that is known. */
  get knownDefault(): Value | undefined {
    return this.owner.knownDefault(this.path);
  }

  /** What code that reads an unset option here finds, where readers of hosts find nothing. */
  get readBack(): Value | undefined {
    return this.owner.readBack(this.path);
  }

  /** The value as code of the configuration reads it, where no module of the workspace declares the option. */
  get readBackCell(): Cell {
    return asReadBack(this.path, this.cell, this.owner.lib);
  }

  /** The option declared exactly here. */
  get option(): OptionDeclaration | undefined {
    return this.declarations?.option;
  }

  names(): readonly ChildName[] {
    this.note();
    this.namesMemo ??= this.readNames();
    return this.namesMemo;
  }

  private readNames(): readonly ChildName[] {
    if (this.optionHere()) return new ValueNode(this.path, this.cell).names();
    return this.revisedNames() ?? this.readAllNames();
  }

  /** The names after a change that left those that are mentioned: what it does not reach is as certain as before. */
  private revisedNames(): readonly ChildName[] | undefined {
    const { replaced, declarations } = this;
    const before = replaced?.node.namesMemo;
    const { reached } = this;
    if (!before || !reached || !this.index().keepsNames) return undefined;
    if (!isSameList(declarations?.names() ?? [], replaced?.node.declarations?.names() ?? [])) return undefined;
    let changed: ChildName[] | undefined;
    for (const name of reached) {
      if (name === "_module" || declarations?.child(name)) continue;
      const certain = (this.child(name) as MergeNode).isSet();
      const at = before.findIndex((one) => one.name === name);
      if (certain === (before[at]?.certain ?? false)) continue;
      if (certain === false || at < 0) return undefined;
      changed ??= [...before];
      changed[at] = { name, certain };
    }
    return changed ?? before;
  }

  private readAllNames(): readonly ChildName[] {
    const names = new Set(this.declarations?.names() ?? []);
    const declared = new Set(names);
    for (const name of this.index().names()) names.add(name);
    const found: ChildName[] = [];
    // `_module` is how modules talk to the module system, no part of the configuration.
    names.delete("_module");
    for (const name of names) {
      const defined = declared.has(name) ? true : (this.child(name) as MergeNode).isSet();
      if (defined !== false) found.push({ name, certain: defined });
    }
    return found;
  }

  /** `_module` of the configuration as a whole, or of a submodule. */
  get moduleArguments(): Cell | undefined {
    return "parent" in this.position ? undefined : this.owner.moduleArguments;
  }

  open(): Unknown | undefined {
    this.note();
    if (this.declarations?.option) return new ValueNode(this.path, this.cell).open();
    if (this.index().isPlain) return undefined;
    for (const definition of this.unwrapped()) {
      const value = look(definition.cell);
      const open = value instanceof Unknown ? value : value instanceof NixAttrs ? openOf(value) : undefined;
      if (open && definition.around.verdict() !== false) return open;
    }
    return undefined;
  }

  child(name: string): OptionNode {
    // What is below an option is a part of its value.
    if (noted.reads && this.optionHere()) this.note();
    this.children ??= this.takenChildren() ?? new Map();
    let child = this.children.get(name);
    if (!child) {
      child = this.makeChild(name);
      this.children.set(name, child);
    }
    return child;
  }

  /** The names below that the last change reaches; undefined when that is every one, or there was none. */
  get reached(): Iterable<string> | undefined {
    return this.replaced?.dirty.names();
  }

  /** All children of the node before, with others in the place of those that the change reaches. */
  private takenChildren(): Map<string, OptionNode> | undefined {
    const { replaced, reached } = this;
    if (!replaced || !reached || this.optionHere() || replaced.node.optionHere()) return undefined;
    const { children, seat } = replaced.node;
    if (!children || !seat) return undefined;
    replaced.node.children = undefined;
    seat.node = this;
    this.seat = seat;
    for (const name of reached) {
      const was = children.get(name);
      const dirty = replaced.dirty.below(name);
      if (was instanceof MergeNode && dirty) children.set(name, this.replacement(was, name, dirty));
    }
    return children;
  }

  private replacement(was: MergeNode, name: string, dirty: PathSet): MergeNode {
    return new MergeNode(this.owner, this.placeOf(name), this.declarations?.child(name), { node: was, dirty });
  }

  private placeOf(name: string): Position {
    this.seat ??= { node: this };
    return { parent: this.seat, name };
  }

  at(...path: string[]): OptionNode {
    return path.reduce<OptionNode>((node, name) => node.child(name), this);
  }

  /** Whether the definitions here are being looked at: whoever asks now is one of them. */
  get isBeingRead(): boolean {
    return this.isReading;
  }

  /** Definitions with their wrappers off; a set that is one option drops its weaker definitions here. */
  private unwrapped(): readonly Unwrapped[] {
    if (this.unwrappedMemo) return this.unwrappedMemo;
    const wasReading = this.isReading;
    this.isReading = true;
    try {
      const own = this.ofWorkspace(unwrap(this.readRaw()));
      this.unwrappedMemo = settleOverrides(own, this.declarations, this.path, this.owner);
    } finally {
      this.isReading = wasReading;
    }
    return this.unwrappedMemo;
  }

  /** Whole modules that files of NixOS make are left out, as those are that are imported. */
  private ofWorkspace(definitions: readonly Unwrapped[]): readonly Unwrapped[] {
    if ("parent" in this.position || this.position.path.length > 0) return definitions;
    const own = definitions.filter(({ cell }) => !isOfNixos(look(cell)));
    return own.length === definitions.length ? definitions : own;
  }

  private index(): ChildIndex {
    this.indexMemo ??= new ChildIndex(this.unwrapped(), this.replaced?.node.indexMemo);
    return this.indexMemo;
  }

  private makeChild(name: string): OptionNode {
    if (this.optionHere()) return new ValueNode(this.path, this.cell).child(name);
    const was = this.replaced?.node.children?.get(name);
    const dirty = this.replaced?.dirty.below(name);
    if (was instanceof MergeNode && dirty) return this.replacement(was, name, dirty);
    return new MergeNode(this.owner, this.placeOf(name), this.declarations?.child(name));
  }

  /** The option that this node is, declared for itself or for every name of the set. */
  private optionHere(): OptionDeclaration | undefined {
    if (this.declarations) return this.declarations.option;
    const { position, owner } = this;
    // What modules are called with is no part of what they configure.
    const isFree =
      "parent" in position && "definitions" in position.parent.node.position && position.name !== "_module";
    const type = isFree ? owner.freeformType : undefined;
    if (!type) return undefined;
    return { file: "", place: undefined, typeValue: undefined, defaultValue: undefined, apply: undefined, type };
  }

  private evaluate(): Value {
    const option = this.optionHere();
    if (option) return this.evaluateOption(option);
    if (this.declarations) {
      // A group of options is built nowhere in particular.
      register.origin = undefined;
      return new NodeAttrs(this, this.owner.undeclared === "world");
    }
    return this.evaluateFree();
  }

  private evaluateOption(option: OptionDeclaration): Value {
    if (!option.apply) return this.mergeOption(option);
    // As in Nix, what an `apply` does not look at is not made: an alias gives the value of another option.
    const merged = Cell.lazy(() => this.mergeOption(option));
    const applied = functionOf(option.apply)(merged);
    register.origin ??= merged.origin;
    return applied;
  }

  private mergeOption(option: OptionDeclaration): Value {
    const active = this.checked(this.allDefinitions(), option.type);
    const context = this.context();
    const definitions = strongest([...defaultDefinition(option), ...active]);
    if (definitions.length > 0) {
      return option.type ? option.type.merge(definitions, context) : mergeUndeclared(definitions, context);
    }
    register.origin = undefined;
    const empty = option.type?.empty;
    return empty
      ? empty(context)
      : new Unknown(`\`${this.path.join(".")}\` is used, but nothing gives it a value`, option.place);
  }

  private checked(definitions: readonly Definition[], type: OptionType | undefined): readonly Definition[] {
    if (!type) return definitions;
    const isFree = this.declarations === undefined;
    return definitions.filter((definition) => {
      const value = look(definition.cell);
      const fits = type.check(value);
      if (fits !== false) return true;
      // What may not be there is no mistake yet.
      if (definition.condition !== true) return false;
      this.owner.report({
        kind: "wrong-type",
        path: this.path,
        place: definition.place,
        message: `\`${this.path.join(".")}\` takes ${type.description}, but this is not one.`,
        ...(isFree ? { isFree } : {}),
      });
      return false;
    });
  }

  private evaluateFree(): Value {
    const isWorld = this.owner.undeclared === "world";
    if (isWorld && isGroupOfNixos(this.path)) {
      // Definitions of a group may depend on what is in it: `home = if config.home ? persistence then { … } else { }`.
      register.origin = undefined;
      return new NodeAttrs(this, true);
    }
    const unwrapped = this.unwrapped();
    if (unwrapped.length === 0) {
      register.origin = undefined;
      const known = this.owner.knownDefault(this.path);
      if (known !== undefined) return known;
      return new UnsetOption(this, this.owner.inputCalled?.(this.path));
    }
    const shapes = unwrapped.map((definition) => look(definition.cell));
    if (shapes.some(isGroup) && shapes.every((shape) => isGroup(shape) || shape instanceof Unknown)) {
      register.origin = unwrapped[0]?.cell.origin;
      return new NodeAttrs(this, isWorld);
    }
    const definitions = this.definitions();
    if (definitions.length === 0) {
      register.origin = undefined;
      const known = this.owner.knownDefault(this.path);
      return known === undefined ? new Unknown(`\`${this.path.join(".")}\` is not set`) : known;
    }
    return this.withDefault(mergeUndeclared(definitions, this.context()), definitions);
  }

  /** A doubtful definition equal to the default is no doubt. */
  private withDefault(value: Value, definitions: readonly Definition[]): Value {
    if (!(value instanceof Unknown) || definitions.length !== 1) return value;
    const known = this.owner.knownDefault(this.path);
    const only = look((definitions[0] as Definition).cell);
    return known !== undefined && equal(known, only) === true ? known : value;
  }

  /** Reports definitions of options that nobody declares, here and in the groups below. */
  reportUndeclared(): void {
    const { declarations } = this;
    if (!declarations || declarations.option) return;
    for (const definition of this.unwrapped()) {
      const set = look(definition.cell);
      if (!(set instanceof NixAttrs) || definition.around.verdict() === false) continue;
      for (const name of set.names()) {
        if (!declarations.child(name) && name !== "_module") this.reportUndeclaredName(name, set.get(name));
      }
    }
    for (const name of declarations.names()) {
      const child = this.child(name);
      if (child instanceof MergeNode) child.reportUndeclared();
    }
  }

  private reportUndeclaredName(name: string, cell: Cell | undefined): void {
    const slot = cell?.slot;
    const path = [...this.path, name];
    this.owner.report({
      kind: "unknown-option",
      path,
      place: slot?.name ? { file: slot.site.file, start: slot.name.start, end: slot.name.end } : undefined,
      message: `\`${path.join(".")}\` is not an option that exists here.`,
    });
  }

  private context(): MergeContext {
    return nodeContext(this.owner, this.path);
  }
}

function defaultDefinition(option: OptionDeclaration): Definition[] {
  const cell = option.defaultValue;
  if (!cell) return [];
  const raw = new RawDefinition(cell, new Around(option.file, [], PRIORITY.optionDefault));
  return activeDefinitions(unwrap([raw])).map((definition) => ({ ...definition, priority: PRIORITY.optionDefault }));
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function isGroup(value: Value): boolean {
  if (!(value instanceof NixAttrs)) return false;
  if (value instanceof ConfigAttrs) return true;
  // Packages and values that say what they are (`_type`) are one value, not a group of options.
  return value.has("_type") !== true && !(value.has("type") === true && value.has("outPath") === true);
}

/** Why a set may have names that it does not list. */
function openOf(set: NixAttrs): Unknown | undefined {
  return set instanceof PerhapsAttrs ? set.rest : set.open;
}
