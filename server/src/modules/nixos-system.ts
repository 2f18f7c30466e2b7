import type { Place } from "../eval/origin.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, register, Unknown, type Value } from "../eval/value.ts";
import { attrsOf } from "./basic-types.ts";
import { submodule } from "./compound-types.ts";
import { ModuleSet, type ModuleWorld } from "./module-set.ts";
import { OptionsAttrs } from "./options-attrs.ts";
import { Packages } from "./packages.ts";
import { TypeAttrs } from "./type-value.ts";

/** The result of `nixosSystem`: a host whose modules are known but not yet merged. */
export class SystemAttrs extends NixAttrs {
  readonly set: ModuleSet;
  /** Where the host is made. */
  readonly place: Place | undefined;
  constructor(set: ModuleSet, place: Place | undefined, cells: ReadonlyMap<string, Cell>) {
    super(cells, new Unknown("what NixOS builds is not known here", undefined, { soft: true }));
    this.set = set;
    this.place = place;
  }
}

/** `nixosSystem`'s argument set, read without evaluating any module. */
export function makeSystem(world: ModuleWorld, args: Cell): Value {
  const given = look(args);
  if (given instanceof Unknown) return given;
  if (!(given instanceof NixAttrs)) return new Unknown("nixosSystem is not called with a set", args.place);
  return systemOf(world, given, given.get("modules") ?? Cell.of(NixList.of([])), args.place);
}

function systemOf(world: ModuleWorld, given: NixAttrs, modules: Cell, place: Place | undefined): SystemAttrs {
  const pkgs = given.get("pkgs") ?? Cell.lazy(() => new Packages(world.lib));
  const nixosModules = new Unknown("it is one of NixOS' own modules", undefined, { soft: true });
  const specialArgs = new Map([["modulesPath", Cell.of(nixosModules)], ...setCells(given.get("specialArgs"))]);
  const set: ModuleSet = new ModuleSet({
    world,
    modules: [
      { cell: Cell.of(NixAttrs.of({ imports: modules })), file: place?.file ?? "", conditions: [] },
      { cell: Cell.lazy(() => homeManagerModule(world, pkgs, set)), file: "", conditions: [] },
    ],
    specialArgs,
    args: new Map([["pkgs", pkgs], ...setCells(given.get("extraArgs"))]),
    path: [],
    undeclared: "world",
  });
  const cells = new Map<string, Cell>([
    ["config", set.config],
    ["options", Cell.lazy(() => new OptionsAttrs(set.root))],
    ["pkgs", pkgs],
    ["lib", world.lib],
    ["_type", Cell.of("configuration")],
    ["type", Cell.of("nixos-system")],
    [
      "extendModules",
      Cell.of(new NixFunction((more) => extendSystem(world, given, modules, more, place), "extendModules")),
    ],
  ]);
  register.origin = undefined;
  return new SystemAttrs(set, place, cells);
}

function extendSystem(world: ModuleWorld, given: NixAttrs, modules: Cell, more: Cell, place: Place | undefined): Value {
  const added = look(more);
  const extra = added instanceof NixAttrs ? added.get("modules") : undefined;
  const both = NixList.of([modules, ...(extra ? [extra] : [])].map((imports) => Cell.of(NixAttrs.of({ imports }))));
  return systemOf(world, given, Cell.of(both), place);
}

/** Declares `home-manager.users.<name>` as sets of home-manager modules, the way its NixOS module does. */
function homeManagerModule(world: ModuleWorld, pkgs: Cell, set: ModuleSet): Value {
  const shared = Cell.lazy(() => {
    const value = set.root.at("home-manager", "sharedModules").value();
    return NixAttrs.of({ imports: Cell.of(value instanceof NixList ? value : NixList.of([])) });
  });
  const specialArgs = () => {
    const extra = set.root.at("home-manager", "extraSpecialArgs");
    return new Map<string, Cell>([
      ["pkgs", pkgs],
      ["osConfig", set.config],
      ["nixosConfig", set.config],
      ["lib", world.lib],
      ...extra.names().map(({ name }): [string, Cell] => [name, Cell.lazy(() => extra.child(name).value())]),
    ]);
  };
  const users = new TypeAttrs(attrsOf(submodule({ modules: [shared], specialArgs, open: true })));
  const option = NixAttrs.of({
    _type: Cell.of("option"),
    type: Cell.of(users),
    default: Cell.of(new NixAttrs(new Map())),
  });
  const declared = NixAttrs.of({ users: Cell.of(option) });
  return NixAttrs.of({
    options: Cell.of(NixAttrs.of({ "home-manager": Cell.of(declared) })),
    config: Cell.of(new NixAttrs(new Map())),
  });
}

function setCells(cell: Cell | undefined): Map<string, Cell> {
  const value = cell && look(cell);
  return new Map(value instanceof NixAttrs ? value.names().map((name) => [name, value.get(name) as Cell]) : []);
}
