import { callable } from "../../eval/coerce.ts";
import type { Interpreter, ProgramSource } from "../../eval/interpreter.ts";
import { BUILT_IN } from "../../eval/origin.ts";
import { Cell, look, NixAttrs, Unknown, type Value } from "../../eval/value.ts";
import type { Program } from "../../syntax/expr.ts";
import nixosImages from "../nixos-images.nix";
import blueprint from "./blueprint.nix";
import clan from "./clan.nix";
import clanServices from "./clan-services.nix";
import den from "./den.nix";
import denBatteries from "./den-batteries.nix";
import denPipeline from "./den-pipeline.nix";
import deployRs from "./deploy-rs.nix";
import easyHosts from "./easy-hosts.nix";
import ezConfigs from "./ez-configs.nix";
import flakeAspects from "./flake-aspects.nix";
import flakeFile from "./flake-file.nix";
import flakeParts from "./flake-parts.nix";
import flakeUtils from "./flake-utils.nix";
import flakelight from "./flakelight.nix";
import haumea from "./haumea.nix";
import importTree from "./import-tree.nix";
import nixosUnified from "./nixos-unified.nix";
import snowfall from "./snowfall.nix";
import systems from "./systems.nix";
import utils from "./utils.nix";

/** Our models of frameworks, and of modules of NixOS that are more than a few settings, as Nix text. */
const TEXTS = {
  blueprint,
  clan,
  "clan-services": clanServices,
  den,
  "den-batteries": denBatteries,
  "den-pipeline": denPipeline,
  "deploy-rs": deployRs,
  "easy-hosts": easyHosts,
  "ez-configs": ezConfigs,
  "flake-aspects": flakeAspects,
  "flake-file": flakeFile,
  flakelight,
  "flake-parts": flakeParts,
  "flake-utils": flakeUtils,
  haumea,
  "import-tree": importTree,
  "nixos-images": nixosImages,
  "nixos-unified": nixosUnified,
  snowfall,
  systems,
  utils,
} as const;

export type FrameworkText = keyof typeof TEXTS;

/** The texts are the same for everybody: each is parsed once a process. */
const programs = new Map<FrameworkText, Program>();

/** The value of a model: what its function makes of `args`, or the set it is. */
export function evaluateFramework(
  name: FrameworkText,
  args: Readonly<Record<string, Cell>>,
  interpreter: Interpreter,
  source: ProgramSource,
): Value {
  const value = look(frameworkPart(name, interpreter, source));
  return value instanceof NixAttrs || value instanceof Unknown ? value : callable(value)(Cell.of(NixAttrs.of(args)));
}

/** The function or set that the text of a model is. */
export function frameworkPart(name: FrameworkText, interpreter: Interpreter, source: ProgramSource): Cell {
  let program = programs.get(name);
  if (!program) {
    program = source.parse(`${BUILT_IN}frameworks/${name}.nix`, TEXTS[name]);
    programs.set(name, program);
  }
  return interpreter.evaluateProgram(program);
}

/**
 * A set of a framework of which only these attributes are modelled. Another one is Unknown and not soft:
 * a framework modelled in part may do anything with what is not modelled.
 */
export class FrameworkAttrs extends NixAttrs {
  private readonly title: string;
  constructor(title: string, cells: ReadonlyMap<string, Cell>) {
    super(cells, new Unknown(`what else \`${title}\` has is not modelled`));
    this.title = title;
  }
  override get(name: string): Cell | undefined {
    return super.get(name) ?? Cell.of(new Unknown(`\`${name}\` of ${this.title} is not modelled`));
  }
}
