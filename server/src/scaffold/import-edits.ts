import { findBinding, setAttribute } from "../edits/attrs-edit.ts";
import { appendElements } from "../edits/list-edit.ts";
import { bodyOf, listLiterals } from "../edits/literals.ts";
import { type FileEdits, moduleFiles } from "../edits/option-edit.ts";
import { parentPath, pathFrom } from "../eval/path-name.ts";
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

/** What nixos-generate-config writes anew. */
const GENERATED = /hardware-configuration[^/]*\.nix$/;

/**
 * Finds the file of a host that can import a module called `name`.nix: its own main file, else the `modules` of its
 * flake, else its own hardware configuration. Where files of other hosts lie beside it, it is called after the host, too.
 * Throws {@link ScaffoldRefusal} when none can be edited for this host alone.
 */
export function importModule(context: ImportContext, name: string): NewModule {
  const { checked, others } = context;
  const { host } = checked;
  const program = (path: string) => context.program(path);
  const own = moduleFiles({ host, program }).filter((file) => !others.some(({ files }) => files.has(file)));
  const inOwn = (files: readonly string[]): NewModule | undefined => {
    for (const file of files) {
      const found = program(file);
      const path = newFile(context, parentPath(file), name);
      const edits = found && importsEdit(found, pathFrom(file, path));
      if (edits) return { path, edits: new Map([[file, edits]]) };
    }
    return undefined;
  };
  const written = inOwn(own.filter((file) => !GENERATED.test(file)));
  if (written) return written;
  const flake = checked.reference.kind === "flake" ? program(host.entry) : undefined;
  const list = flake && modulesList(flake, host.name, others.length === 0);
  if (flake && list) {
    const path = newFile(context, parentPath(flake.path), name);
    const edits = appendModules(flake, list, [pathFrom(flake.path, path)]);
    return { path, edits: new Map([[flake.path, edits]]) };
  }
  const generated = inOwn(own.filter((file) => GENERATED.test(file)));
  if (generated) return generated;
  throw new ScaffoldRefusal(
    "no file was found that this host alone is made of and that can import a module",
    "Give the host a file of its own, such as hosts/NAME/default.nix, with an `imports` list.",
  );
}

/** A file in a folder, whose name says which host it is of where the folder is not that of one host. */
function newFile({ checked, others }: ImportContext, folder: string, name: string): string {
  const isShared = others.some(({ files }) =>
    [...files].some((file) => parentPath(file) === folder && !checked.files.has(file)),
  );
  const isFlakes = others.length > 0 && folder === parentPath(checked.reference.entry);
  const suffix = isShared || isFlakes ? `-${checked.host.name.replace(/[^\w.-]/g, "_")}` : "";
  return `${folder === "/" ? "" : folder}/${name}${suffix}.nix`;
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
