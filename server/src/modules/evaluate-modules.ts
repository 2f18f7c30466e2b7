import { Cell, look, NixAttrs, NixList, register, Unknown, type Value } from "../eval/value.ts";
import { ModuleSet, type ModuleWorld } from "./module-set.ts";
import { OptionsAttrs } from "./options-attrs.ts";

/**
 * `lib.evalModules { modules; specialArgs; prefix; }`: all options are declared by the modules themselves.
 * `made` is the set when it exists already.
 */
export function evaluateModules(world: ModuleWorld, args: Cell, made?: ModuleSet): Value {
  const given = look(args);
  if (given instanceof Unknown) return given;
  if (!(given instanceof NixAttrs)) return new Unknown("evalModules is not called with a set", args.place);
  const set = made ?? moduleSetOf(world, given, args.place?.file ?? "");
  register.origin = undefined;
  return NixAttrs.of({
    config: set.config,
    options: Cell.lazy(() => new OptionsAttrs(set.root)),
    _type: Cell.of("configuration"),
    _module: Cell.lazy(() => NixAttrs.of({ args: Cell.of(set.root.at("_module", "args").value()) })),
  });
}

/** The set of modules that a call of `evalModules` describes. */
export function moduleSetOf(
  world: ModuleWorld,
  given: NixAttrs,
  file: string,
  undeclared: "closed" | "world" = "closed",
): ModuleSet {
  const modules = given.get("modules") ?? Cell.of(NixList.of([]));
  const special = given.get("specialArgs");
  const specialArgs = special && look(special);
  return new ModuleSet({
    world,
    modules: [{ cell: Cell.of(NixAttrs.of({ imports: modules })), file, conditions: [] }],
    specialArgs: new Map(
      specialArgs instanceof NixAttrs ? specialArgs.names().map((name) => [name, specialArgs.get(name) as Cell]) : [],
    ),
    args: new Map(),
    path: [],
    undeclared,
  });
}
