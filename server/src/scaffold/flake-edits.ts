import { findBinding, setAttribute, staticName } from "../edits/attrs-edit.ts";
import { indentOfLine, isFirstOnLine, lineBreak } from "../edits/layout.ts";
import { appendElements } from "../edits/list-edit.ts";
import { bodyOf } from "../edits/literals.ts";
import { quote } from "../edits/nix-text.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import type { AttrsExpr, Expr, LambdaExpr, ListExpr, Program } from "../syntax/expr.ts";
import { walk } from "../syntax/walk.ts";

/** An input of a flake to have, and how modules name it. */
export interface FlakeInputUse {
  /** The name of the input, which may be one that the flake has already. */
  readonly name: string;
  readonly edits: readonly TextEdit[];
  /** How the input is written where `outputs` is the scope, e.g. `inputs.disko` or `disko`. */
  readonly inOutputs: string;
}

/** Sees to it that a flake has an input of a GitHub repository. Undefined when its inputs or outputs are computed. */
export function useInput(program: Program, repository: string): FlakeInputUse | undefined {
  const root = bodyOf(program.root);
  if (root.kind !== "attrs") return undefined;
  const outputs = findBinding(root, ["outputs"])?.value;
  if (outputs?.kind !== "lambda") return undefined;
  const url = `github:${repository}`;
  const present = inputWith(root, url);
  const name = present ?? repository.split("/").at(-1) ?? repository;
  const added = present === undefined ? setAttribute(program, root, ["inputs", name, "url"], quote(url)) : [];
  if (!added) return undefined;
  const formal = needsFormal(outputs, name) ? addFormal(program, outputs, name) : [];
  return { name, edits: [...added, ...formal], inOutputs: outputs.param ? `${outputs.param}.${name}` : name };
}

/** The `modules = [ … ]` of one host, in the text of its flake. Undefined when there is none, or several may be meant. */
export function modulesList(program: Program, host: string, isOnlyHost: boolean): ListExpr | undefined {
  const own: ListExpr[] = [];
  const all: ListExpr[] = [];
  walk(program.root, (expr) => {
    if (expr.kind !== "attrs") return;
    const list = findBinding(expr, ["modules"])?.value;
    if (list?.kind === "list") all.push(list);
    for (const binding of expr.bindings) {
      const last = binding.kind === "bind" ? binding.path.at(-1) : undefined;
      if (binding.kind !== "bind" || !last || staticName(last) !== host) continue;
      own.push(...listsIn(binding.value));
    }
  });
  const [first, ...more] = new Set(own);
  if (first && more.length === 0) return first;
  return isOnlyHost && all.length === 1 ? all[0] : undefined;
}

/** Adds elements to such a list. */
export function appendModules(program: Program, list: ListExpr, elements: readonly string[]): TextEdit[] {
  return appendElements(program, list, elements);
}

/** Whether `specialArgs` hands the flake's inputs to modules, under the name `inputs`. */
export function passesInputs(program: Program): boolean {
  let passes = false;
  walk(program.root, (expr) => {
    if (expr.kind !== "attrs") return;
    const given = findBinding(expr, ["specialArgs"])?.value;
    if (given?.kind === "attrs") passes ||= names(given).includes("inputs");
  });
  return passes;
}

function listsIn(expr: Expr): ListExpr[] {
  const found: ListExpr[] = [];
  walk(expr, (inner) => {
    if (inner.kind !== "attrs") return;
    const list = findBinding(inner, ["modules"])?.value;
    if (list?.kind === "list") found.push(list);
  });
  return found;
}

function names(set: AttrsExpr): (string | undefined)[] {
  return set.bindings.flatMap((binding) =>
    binding.kind === "bind" ? binding.path.slice(0, 1).map(staticName) : binding.names.map(staticName),
  );
}

/** The input whose reference begins with this one, with or without a branch behind it. */
function inputWith(root: AttrsExpr, url: string): string | undefined {
  const found: string[] = [];
  const visit = (set: AttrsExpr, path: readonly string[]): void => {
    for (const binding of set.bindings) {
      if (binding.kind !== "bind") continue;
      const full = [...path, ...binding.path.map((name) => staticName(name) ?? "")];
      if (binding.value.kind === "attrs") visit(binding.value, full);
      const text = binding.value.kind === "string" ? binding.value.parts[0] : undefined;
      const [top, name, key] = full;
      if (top !== "inputs" || key !== "url" || full.length !== 3 || text?.kind !== "chunk") continue;
      const rest = text.text.toLowerCase().startsWith(url.toLowerCase()) ? text.text.slice(url.length) : undefined;
      if (name && rest !== undefined && /^([/?]|$)/.test(rest)) found.push(name);
    }
  };
  visit(root, []);
  return found[0];
}

/** A pattern without `...` refuses inputs that it does not name, and without a name for all, the input is out of reach. */
function needsFormal({ formals, ellipsis, param }: LambdaExpr, name: string): boolean {
  if (!formals || formals.some((formal) => formal.name === name)) return false;
  return !ellipsis || param === undefined;
}

function addFormal(program: Program, { formals = [], formalsSpan }: LambdaExpr, name: string): TextEdit[] {
  const last = formals.at(-1);
  if (!last)
    return formalsSpan ? [{ start: formalsSpan.start + 1, end: formalsSpan.start + 1, text: ` ${name},` }] : [];
  const { text } = program;
  const separator = isFirstOnLine(text, last.start)
    ? `,${lineBreak(text)}${indentOfLine(text, last.start)}`
    : formals.length > 1 && /^\s*,\s*$/.test(text.slice(text.lastIndexOf("\n", last.start) + 1, last.start))
      ? `${lineBreak(text)}${text.slice(text.lastIndexOf("\n", last.start) + 1, last.start)}`
      : ", ";
  return [{ start: last.end, end: last.end, text: separator + name }];
}
