import { findBinding, staticName } from "../edits/attrs-edit.ts";
import { removeElement } from "../edits/list-edit.ts";
import { bodyOf } from "../edits/literals.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import { normalisePath, parentPath } from "../eval/path-name.ts";
import type { AttrsExpr, Expr, Program } from "../syntax/expr.ts";
import { walk } from "../syntax/walk.ts";

/** Units that only modules of the documents have, by their names there. */
const UNITS = new Set([
  "server-impermanence-setup",
  "server-snapshots",
  "server-snapshots-cleanup",
  "btrfs-maintenance",
]);

/** The files of a host that are the modules of the documents, wherever they lie and whatever they are called. */
export function documentModules(programs: readonly Program[]): readonly Program[] {
  const own = programs.filter((program) => declaresOptions(program) || definesUnits(program));
  // The module that brings them together lies beside them.
  const folders = new Set(own.map(({ path }) => parentPath(path)));
  const around = programs.filter(
    (program) => !own.includes(program) && folders.has(parentPath(program.path)) && importsOf(program, own).length > 0,
  );
  return own.some(declaresOptions) ? [...own, ...around] : [];
}

/** Edits that take a host's files off these modules, by file. The modules themselves stay as they are. */
export function withoutImports(programs: readonly Program[], modules: readonly Program[]): Map<string, TextEdit[]> {
  const edits = new Map<string, TextEdit[]>();
  for (const program of programs) {
    if (modules.includes(program)) continue;
    const elements = importsOf(program, modules);
    if (elements.length > 0)
      edits.set(
        program.path,
        elements.flatMap((element) => removeElement(program, element)),
      );
  }
  return edits;
}

/** The elements of lists that name one of these files; one whose path leads nowhere is told by the end of its path. */
function importsOf(program: Program, modules: readonly Program[]): Expr[] {
  const found: Expr[] = [];
  walk(program.root, (expr) => {
    if (expr.kind !== "list") return;
    for (const item of expr.items) {
      const [first, ...more] = item.kind === "path" ? item.parts : [];
      if (first?.kind !== "chunk" || more.length > 0) continue;
      const path = normalisePath(first.text.startsWith("/") ? first.text : `${parentPath(program.path)}/${first.text}`);
      const end = first.text.replace(/^(\.{1,2}\/)+/, "/");
      if (modules.some((module) => [path, `${path}/default.nix`].includes(module.path) || module.path.endsWith(end))) {
        found.push(item);
      }
    }
  });
  return found;
}

/** The options that the documents declare, and no others: a module that has more is somebody's own. */
const OPTIONS = new Set(["enable", "excludePaths", "snapshotPolicy", "performanceMode"]);

function declaresOptions(program: Program): boolean {
  const body = bodyOf(program.root);
  const options =
    body.kind === "attrs" ? findBinding(body, ["options", "pantherOS", "serverImpermanence"])?.value : undefined;
  if (options?.kind !== "attrs") return false;
  const names = options.bindings.map((binding) => (binding.kind === "bind" ? first(binding) : undefined));
  const policy = findBinding(options, ["snapshotPolicy"])?.value;
  const isText = policy !== undefined && !/\bsubmodule\b/.test(program.text.slice(policy.start, policy.end));
  return isText && names.every((name) => name !== undefined && OPTIONS.has(name));
}

function definesUnits(program: Program): boolean {
  let found = false;
  walk(program.root, (expr) => {
    if (expr.kind !== "attrs") return;
    for (const binding of expr.bindings) {
      if (binding.kind !== "bind") continue;
      const names = binding.path.map(staticName);
      const at = names.indexOf("services");
      found ||= at >= 0 && names[at - 1] === "systemd" && UNITS.has(names[at + 1] ?? "");
    }
  });
  return found;
}

function first(binding: Extract<AttrsExpr["bindings"][number], { kind: "bind" }>): string | undefined {
  const [name] = binding.path;
  return name && staticName(name);
}
