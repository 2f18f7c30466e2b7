import { mergeEdits } from "../edits/combine-plans.ts";
import type { FileEdits } from "../edits/option-edit.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import type { Program } from "../syntax/expr.ts";
import { walk } from "../syntax/walk.ts";
import { appendModules, modulesList, passesInputs, useInput } from "./flake-edits.ts";
import { ScaffoldRefusal, type ScaffoldRequest } from "./request.ts";

/** How the host comes by the module that persists. */
export interface PersistenceUse {
  readonly module: "impermanence" | "preservation";
  /** What the host's own module imports, as Nix source; empty when the host imports it elsewhere. */
  readonly expression: string;
  readonly edits: FileEdits;
  readonly notes: readonly string[];
}

const NOTHING: FileEdits = new Map();

/** Finds the module in the host, or adds it: as an input of the flake, which its modules are handed. */
export function persistenceUse(request: ScaffoldRequest, checked: CheckedHost): PersistenceUse {
  const present = (["impermanence", "preservation"] as const).find((name) => isImported(request, checked, name));
  const module = request.answers.persistence ?? present ?? "impermanence";
  if (present === module) return { module, expression: "", edits: NOTHING, notes: [] };
  if (present !== undefined) {
    throw new ScaffoldRefusal(
      `the host imports ${present} already, and two persistence modules would mount the same paths`,
      `Leave --persistence out, or remove ${present} first.`,
    );
  }
  const flake = checked.reference.kind === "flake" ? request.program(checked.host.entry) : undefined;
  if (!flake) {
    throw new ScaffoldRefusal(
      `the host is no part of a flake, and nothing imports the module of nix-community/${module}`,
      `Pin nix-community/${module}, import its module in the host, and run this again.`,
    );
  }
  const input = useInput(flake, `nix-community/${module}`);
  if (!input) {
    throw new ScaffoldRefusal(
      "the inputs of the flake are computed, so none can be added",
      `Add nix-community/${module} to them, import its module in the host, and run this again.`,
    );
  }
  const edits: FileEdits = new Map([[flake.path, input.edits]]);
  const notes = input.edits.length > 0 ? [`\`nix flake lock\` fetches the new input ${input.name}.`] : [];
  const attribute = `${input.name}.nixosModules.${module}`;
  if (passesInputs(flake)) return { module, expression: `inputs.${attribute}`, edits, notes };
  const list = modulesList(flake, checked.host.name, request.hosts.length === 1);
  if (!list) {
    throw new ScaffoldRefusal(
      `the flake has no place where \`${attribute}\` could be given to this host`,
      "Hand the inputs to the modules: specialArgs = { inherit inputs; };",
    );
  }
  const given = appendModules(flake, list, [`${input.inOutputs}.nixosModules.${module}`]);
  return { module, expression: "", edits: mergeEdits(edits, new Map([[flake.path, given]])), notes };
}

/** Whether the host imports the module: it has a store, or the module is one of those that were met and not read. */
function isImported(request: ScaffoldRequest, { host, files }: CheckedHost, module: string): boolean {
  if (host.stores.some((store) => store.module === module)) return true;
  const name = new RegExp(`(^|[./])${module}([./]|$)`);
  if (host.opaque.some((one) => name.test(one.name))) return true;
  return [...files].some((file) => {
    const program = request.program(file);
    return program !== undefined && importsByPath(program, module);
  });
}

/** Without flakes the module is a file of a pinned source: `"${sources.impermanence}/nixos.nix"`. */
function importsByPath(program: Program, module: string): boolean {
  let found = false;
  walk(program.root, (expr) => {
    if (expr.kind !== "string" && expr.kind !== "path") return;
    found ||= new RegExp(`\\b${module}\\b.*/(nixos|module)\\.nix`).test(program.text.slice(expr.start, expr.end));
  });
  return found;
}
