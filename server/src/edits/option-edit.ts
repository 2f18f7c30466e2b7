import { look } from "../eval/value.ts";
import type { Host } from "../host/host.ts";
import type { Definition } from "../modules/option-node.ts";
import type { AttrsExpr, Expr, ListExpr, Program, ValueBinding } from "../syntax/expr.ts";
import { setAttribute, staticName } from "./attrs-edit.ts";
import { indentOfLine, lineBreak, outerSpan } from "./layout.ts";
import { appendElements } from "./list-edit.ts";
import { listLiterals, type Reached, setLiterals } from "./literals.ts";
import { bindingWith, expressionAt } from "./locate.ts";
import { setOptionInModule } from "./module-edit.ts";
import { attributePath } from "./nix-text.ts";
import type { TextEdit } from "./text-edit.ts";

/** What edits of a host may look at. */
export interface EditContext {
  readonly host: Host;
  /** The parsed file, for files of the workspace. */
  program(path: string): Program | undefined;
}

/** Edits by absolute file path, as fix plans hold them. */
export type FileEdits = ReadonlyMap<string, readonly TextEdit[]>;

/** Top-level names that say nothing of where a setting belongs: every module has some of them. */
const NAMESPACES = new Set([
  ...["boot", "environment", "hardware", "networking", "nix", "programs", "security", "services", "system", "systemd"],
  ...["users", "virtualisation"],
]);

/** Sets in which modules of all kinds write what has nothing to do with each other. */
const COMMON = new Set(["boot.initrd", "systemd.services", "systemd.timers", "systemd.tmpfiles", "users.users"]);

/**
 * Sets an option of a host to `value` (Nix source), where the host already writes the option or its
 * neighbours, else in its entry module. Undefined when no file can take it with certainty.
 */
export function setOption(context: EditContext, path: readonly string[], value: string): FileEdits | undefined {
  return write(context, { path, value, replace: true });
}

/**
 * Adds elements (Nix source) to an option that is a list: to a list literal the host already writes,
 * through `++`, `mkIf`, `mkMerge` and parentheses, else as a new definition `[ … ]`. Of several lists the
 * longest is taken. With `near`, a module of the host, the elements go there and nowhere else
 * if it can take them.
 */
export function appendToListOption(
  context: EditContext,
  path: readonly string[],
  elements: readonly string[],
  near?: string,
): FileEdits | undefined {
  const all = listsOfOption(context, path);
  const lists = all.some(({ program }) => program.path === near)
    ? all.filter(({ program }) => program.path === near)
    : all;
  if (near !== undefined && lists === all && mergesAcrossFiles(context, path) && moduleFiles(context).includes(near)) {
    const program = context.program(near);
    const edits = program && setOptionInModule(program, path, listText(path, elements), false);
    if (edits) return new Map([[near, edits]]);
  }
  // The longest list is the one that the host's modules share; what stands in it is repaired for all of them.
  const order = ({ program, literal, conditional }: (typeof lists)[number]) =>
    [conditional ? 1 : 0, -literal.items.length, isOwnFile(context.host, program.path) ? 0 : 1] as const;
  const [best] = [...lists].sort((a, b) => compare(order(a), order(b)));
  if (best) return new Map([[best.program.path, appendElements(best.program, best.literal, elements)]]);
  // A list that is written where it cannot be edited still merges with a second definition, unless it is forced.
  if (!mergesAcrossFiles(context, path)) return undefined;
  return (
    appendToMadeList(context, path, elements) ??
    write(context, { path, value: listText(path, elements), replace: false })
  );
}

/** Functions that make a list, whatever they are given. */
const LIST_MAKERS = new Set(["map", "forEach", "concatMap", "concatLists", "flatten", "filter"]);

/** Adds elements behind a list that functions make of others (`map f [ … ] ++ …`), in the same definition. */
function appendToMadeList(
  context: EditContext,
  path: readonly string[],
  elements: readonly string[],
): FileEdits | undefined {
  for (const definition of editableDefinitions(context, path)) {
    if (definition.condition !== true) continue;
    const program = definition.place && context.program(definition.place.file);
    const expr = program && definition.place && expressionAt(program, definition.place);
    if (!program || !expr || !makesList(expr)) continue;
    const { start, end } = outerSpan(expr);
    const isLong = program.text.slice(start, end).includes("\n");
    const before = expr.kind === "binary" ? outerSpan(expr.right).start : start;
    const gap = isLong ? lineBreak(program.text) + indentOfLine(program.text, before) : " ";
    const added = `${gap}++ [ ${elements.join(" ")} ]`;
    return new Map([[program.path, [{ start: end, end, text: added }]]]);
  }
  return undefined;
}

function makesList(expr: Expr): boolean {
  if (expr.kind === "binary") return expr.operator === "++";
  let callee: Expr = expr;
  while (callee.kind === "apply") callee = callee.fn;
  const last = callee.kind === "select" ? callee.path.at(-1) : undefined;
  const name = callee.kind === "var" ? callee.name : last && staticName(last);
  return expr.kind === "apply" && name !== undefined && LIST_MAKERS.has(name);
}

/** The list literals that an option is made of, in files that may be edited. */
export function listsOfOption(
  context: EditContext,
  path: readonly string[],
): readonly (Reached<ListExpr> & { readonly program: Program })[] {
  return editableDefinitions(context, path).flatMap((definition) =>
    definitionExpressions(context, definition).flatMap(({ program, expr }) =>
      listLiterals(expr).map((reached) => ({ program, ...reached })),
    ),
  );
}

/** What to write: with `replace` off, only where the option is not set yet. */
interface Setting {
  readonly path: readonly string[];
  readonly value: string;
  readonly replace: boolean;
}

function write(context: EditContext, setting: Setting): FileEdits | undefined {
  const { path, value, replace } = setting;
  const shallowest = NAMESPACES.has(path[0] ?? "") ? 2 : 1;
  for (let depth = replace ? path.length : path.length - 1; depth >= shallowest; depth--) {
    const prefix = path.slice(0, depth);
    const all = editableDefinitions(context, prefix);
    // What every module may set says nothing of where this belongs: rather into a file of the host itself.
    const isCommon = COMMON.has(prefix.join("."));
    const isOwn = ({ place }: Definition) => place !== undefined && isOwnFile(context.host, place.file);
    // Who adds to a list writes it with the host's own rather than beside what a feature adds.
    const ordered = replace ? all : [...all.filter(isOwn), ...all.filter((definition) => !isOwn(definition))];
    for (const definition of isCommon ? all.filter(isOwn) : ordered) {
      const edits = setNear(context, definition, setting, depth);
      if (edits) return edits;
    }
  }
  for (const file of moduleFiles(context)) {
    const program = context.program(file);
    const edits = program && setOptionInModule(program, path, value, replace);
    if (edits) return new Map([[file, edits]]);
  }
  return undefined;
}

/** The longest line that a new list on one line may make, without its indentation. */
const MAX_LINE = 80;

/** A new list: one element on one line where that is short enough, more below each other. */
function listText(path: readonly string[], elements: readonly string[]): string {
  const line = `[ ${elements.join(" ")} ]`;
  return elements.length < 2 && attributePath(path).length + line.length <= MAX_LINE
    ? line
    : `[\n${elements.map((element) => `  ${element}\n`).join("")}]`;
}

/**
 * The modules of the host in the order in which new configuration is put into them: its entry, then its own files.
 * Files that define no option of the host (libraries, packages, home-manager modules) are none of them.
 */
export function moduleFiles(context: EditContext): readonly string[] {
  const { host } = context;
  const modules = new Set<string>();
  for (const name of [...NAMESPACES, "fileSystems", "disko"]) {
    for (const { file } of host.config.at(name).allDefinitions()) modules.add(file);
  }
  const rank = (file: string): number => {
    if (file === host.entry) return 0;
    // nixos-generate-config writes it anew.
    if (/(^|\/)hardware-configuration\.nix$/.test(file)) return 5;
    const entryLike = /(^|\/)(default|configuration)\.nix$/.test(file) || file.endsWith(`/${host.name}.nix`);
    if (isOwnFile(host, file)) return entryLike ? 1 : 2;
    return entryLike ? 3 : 4;
  };
  return host.files
    .filter((file) => file === host.entry || modules.has(file))
    .filter((file) => !file.endsWith("/flake.nix"))
    .map((file, index) => ({ file, index, rank: rank(file) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ file }) => file);
}

/** Whether a file is the host's alone, judged by its folders or its name. */
function isOwnFile(host: Host, file: string): boolean {
  if (file === host.entry) return true;
  return file
    .split("/")
    .slice(-3)
    .some((part) => part.replace(/\.nix$/, "") === host.name);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** Definitions that hold for the host and stand in a file that may be edited; unconditional ones first. */
function editableDefinitions(context: EditContext, path: readonly string[]): readonly Definition[] {
  const all = context.host.config.at(...path).definitions();
  const usable = all.filter((definition) => definition.place && context.program(definition.place.file));
  return [
    ...usable.filter((definition) => definition.condition === true),
    ...usable.filter((definition) => definition.condition !== true),
  ];
}

function setNear(context: EditContext, definition: Definition, setting: Setting, depth: number): FileEdits | undefined {
  const inside = depth < setting.path.length ? setInside(context, definition, setting, depth) : undefined;
  return inside ?? setBeside(context, definition, setting, depth);
}

/** Sets the rest of the path in the set literal the definition consists of. */
function setInside(
  context: EditContext,
  definition: Definition,
  { path, value, replace }: Setting,
  depth: number,
): FileEdits | undefined {
  for (const { program, expr } of definitionExpressions(context, definition)) {
    for (const { literal, conditional } of setLiterals(expr)) {
      if (conditional && definition.condition !== true) continue;
      const edits = setAttribute(program, literal, path.slice(depth), value, replace);
      if (edits) return new Map([[program.path, edits]]);
    }
  }
  return undefined;
}

/** Sets the path in the set literal that holds the definition's binding. */
function setBeside(
  context: EditContext,
  definition: Definition,
  { path, value, replace }: Setting,
  depth: number,
): FileEdits | undefined {
  const { place, binding } = definition;
  const program = place && context.program(place.file);
  const found = program && binding && bindingWith(program, binding);
  const node = found?.binding;
  const parent = found?.owner;
  if (!program || node?.kind !== "bind" || parent?.kind !== "attrs") return undefined;
  const relative = pathIn(parent, node, path, depth);
  const edits = relative && setAttribute(program, parent, relative, value, replace);
  return edits ? new Map([[program.path, edits]]) : undefined;
}

/** What to write in `parent` for an option, judged by how `binding` in it names the first `depth` parts. */
function pathIn(
  parent: AttrsExpr,
  binding: ValueBinding,
  path: readonly string[],
  depth: number,
): readonly string[] | undefined {
  if (!parent.bindings.includes(binding)) return undefined;
  const all = binding.path.map(staticName);
  const prefix = all[0] === "config" && path[0] !== "config" ? ["config"] : [];
  const names = all.slice(prefix.length);
  for (let length = Math.min(names.length, depth); length > 0; length--) {
    const from = depth - length;
    if (prefix.length > 0 && from > 0) continue;
    if (names.slice(0, length).every((name, index) => name === path[from + index])) {
      return [...prefix, ...path.slice(from)];
    }
  }
  return undefined;
}

/**
 * The expressions a definition consists of: what is written at the option, then what it leads to in the same
 * file. A value that comes from another file belongs to another option, which more than this host may read.
 */
function definitionExpressions(context: EditContext, definition: Definition): { program: Program; expr: Expr }[] {
  look(definition.cell);
  const built = definition.cell.place;
  const places = [definition.place, built?.file === definition.place?.file ? built : undefined];
  return places.flatMap((place) => {
    const program = place && context.program(place.file);
    const expr = program && expressionAt(program, place);
    return expr ? [{ program, expr }] : [];
  });
}

/** Whether adding a definition of a list in another module keeps what is there: not beside mkForce. */
function mergesAcrossFiles(context: EditContext, path: readonly string[]): boolean {
  return context.host.config
    .at(...path)
    .definitions()
    .every((definition) => definition.priority >= 100);
}
