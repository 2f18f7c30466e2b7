import { mergeEdits } from "../edits/combine-plans.ts";
import { type FileEdits, moduleFiles } from "../edits/option-edit.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import type { Program } from "../syntax/expr.ts";
import { walk } from "../syntax/walk.ts";
import { appendModules, modulesList, passesInputs, useInput } from "./flake-edits.ts";
import { pinnedModule } from "./pinned-module.ts";
import { ScaffoldRefusal, type ScaffoldRequest } from "./request.ts";

/** How the host comes by modules of others. */
export interface ModuleUse {
  /** What the host's own module imports, as Nix source; none where the host imports it elsewhere. */
  readonly expressions: readonly string[];
  /** Whether these are written with `inputs`. */
  readonly takesInputs: boolean;
  readonly edits: FileEdits;
  readonly notes: readonly string[];
}

/** Which module persists: the one that is asked for, else the one that the host has. */
export function persistenceModule(
  request: ScaffoldRequest,
  checked: CheckedHost,
): NonNullable<ScaffoldRequest["answers"]["persistence"]> {
  const present = (["impermanence", "preservation"] as const).find((name) => isImported(request, checked, name));
  const module = request.answers.persistence ?? present ?? "impermanence";
  if (present === undefined || present === module) return module;
  throw new ScaffoldRefusal(
    `the host imports ${present} already, and two persistence modules would mount the same paths`,
    `Leave --persistence out, or remove ${present} first.`,
  );
}

/**
 * Finds modules of nix-community in the host, or adds them: as inputs of the flake, which its modules are handed, or from
 * pins. `file` is the module that is going to import them.
 */
export function useModules(
  request: ScaffoldRequest,
  checked: CheckedHost,
  wanted: readonly string[],
  file: string,
): ModuleUse {
  const missing = wanted.filter((module) => !isImported(request, checked, module));
  const [first] = missing;
  if (first === undefined) return { expressions: [], takesInputs: false, edits: new Map(), notes: [] };
  const flake = checked.reference.kind === "flake" ? request.program(checked.host.entry) : undefined;
  if (!flake) {
    const pinned = missing.map((module) => pinnedModule(request, file, module));
    return {
      expressions: pinned.map(({ expression }) => expression),
      takesInputs: false,
      edits: new Map(),
      notes: pinned.flatMap(({ note }) => note ?? []),
    };
  }
  const inputs = missing.map((module) => ({ module, input: useInput(flake, `nix-community/${module}`) }));
  const known = inputs.flatMap(({ module, input }) =>
    input ? [{ ...input, attribute: `nixosModules.${module}` }] : [],
  );
  if (known.length < inputs.length) {
    throw new ScaffoldRefusal(
      "the inputs of the flake are computed, so none can be added",
      `Add nix-community/${first} to them, import its module in the host, and run this again.`,
    );
  }
  const edits = new Map([[flake.path, known.flatMap((input) => input.edits)]]);
  const added = known.filter((input) => input.edits.length > 0).map(({ name }) => name);
  const notes =
    added.length > 0 ? [`\`nix flake lock\` fetches what is new among the inputs: ${added.join(", ")}.`] : [];
  if (passesInputs(flake) || takesInputs(request, checked)) {
    const expressions = known.map(({ name, attribute }) => `inputs.${name}.${attribute}`);
    return { expressions, takesInputs: true, edits, notes };
  }
  const list = modulesList(flake, checked.host.name, request.hosts.length === 1);
  if (!list) {
    throw new ScaffoldRefusal(
      `the flake has no place where the module of ${first} could be given to this host`,
      "Hand the inputs to the modules: specialArgs = { inherit inputs; };",
    );
  }
  const given = appendModules(
    flake,
    list,
    known.map(({ inOutputs, attribute }) => `${inOutputs}.${attribute}`),
  );
  const all = mergeEdits(edits, new Map([[flake.path, given]]));
  return { expressions: [], takesInputs: false, edits: all, notes };
}

/** Whether modules of the host are handed `inputs` by a function that the flake's text does not show. */
function takesInputs(request: ScaffoldRequest, { host }: CheckedHost): boolean {
  return moduleFiles({ host, program: (path) => request.program(path) }).some((file) => {
    const root = request.program(file)?.root;
    return root?.kind === "lambda" && (root.formals ?? []).some(({ name }) => name === "inputs");
  });
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
