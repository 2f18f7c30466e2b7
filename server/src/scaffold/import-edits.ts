import { findBinding, setAttribute } from "../edits/attrs-edit.ts";
import { appendElements } from "../edits/list-edit.ts";
import { bodyOf, listLiterals } from "../edits/literals.ts";
import { type FileEdits, moduleFiles } from "../edits/option-edit.ts";
import { parentPath } from "../eval/path-name.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import type { Program } from "../syntax/expr.ts";
import { appendModules, modulesList } from "./flake-edits.ts";
import { ScaffoldRefusal } from "./request.ts";

/** Where a module of the host's own goes, and the edit that imports it. */
export interface NewModule {
  readonly path: string;
  readonly edits: FileEdits;
}

/** What has to be known of the other hosts: a module that they share must not import what is one host's. */
export interface ImportContext {
  readonly checked: CheckedHost;
  readonly others: readonly CheckedHost[];
  program(path: string): Program | undefined;
}

/**
 * Finds the file of a host that can import a module called `name`: its own main file, else the `modules` of its flake.
 * Throws {@link ScaffoldRefusal} when neither can be edited for this host alone.
 */
export function importModule(context: ImportContext, name: string): NewModule {
  const { checked, others } = context;
  const { host } = checked;
  const program = (path: string) => context.program(path);
  for (const file of moduleFiles({ host, program })) {
    if (others.some(({ files }) => files.has(file))) continue;
    const found = program(file);
    const edits = found && importsEdit(found, `./${name}`);
    if (edits) return { path: `${parentPath(file)}/${name}`, edits: new Map([[file, edits]]) };
  }
  const flake = checked.reference.kind === "flake" ? program(host.entry) : undefined;
  const list = flake && modulesList(flake, host.name, others.length === 0);
  if (flake && list) {
    return {
      path: `${parentPath(flake.path)}/${name}`,
      edits: new Map([[flake.path, appendModules(flake, list, [`./${name}`])]]),
    };
  }
  throw new ScaffoldRefusal(
    "no file was found that this host alone is made of and that can import a module",
    "Give the host a file of its own, such as hosts/NAME/default.nix, with an `imports` list.",
  );
}

/** An element more in the `imports` of a module file. Undefined for a file that is none, or computes them. */
function importsEdit(program: Program, element: string) {
  const body = bodyOf(program.root);
  if (body.kind !== "attrs") return undefined;
  const imports = findBinding(body, ["imports"]);
  if (!imports) return setAttribute(program, body, ["imports"], `[ ${element} ]`);
  const list = listLiterals(imports.value).find(({ conditional }) => !conditional)?.literal;
  return list && appendElements(program, list, [element]);
}
