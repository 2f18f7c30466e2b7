import type { Place } from "../eval/origin.ts";
import { restOf } from "../eval/set-shape.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, register, Unknown, type Value } from "../eval/value.ts";
import { attrsOf } from "./basic-types.ts";
import { submodule } from "./compound-types.ts";
import { computedDefault } from "./computed-defaults.ts";
import { reportedPlatform } from "./hardware-report.ts";
import { ModuleSet, type ModuleWorld } from "./module-set.ts";
import { NIXOS_MODULES } from "./nixos-files.ts";
import { OptionsAttrs } from "./options-attrs.ts";
import { Packages } from "./packages.ts";
import { TypeAttrs } from "./type-value.ts";

/** The result of `nixosSystem`: a host whose modules are known but not yet merged. */
export class SystemAttrs extends NixAttrs {
  readonly set: ModuleSet;
  /** Where the host is made. */
  readonly place: Place | undefined;
  /** Release of the nixpkgs that made it, where that is known. */
  readonly release: string | undefined;
  /** The `system` argument. */
  readonly system: Cell | undefined;
  constructor(set: ModuleSet, call: SystemCall, cells: ReadonlyMap<string, Cell>) {
    super(cells, new Unknown("what NixOS builds is not known here", undefined, { soft: true }));
    this.set = set;
    this.place = call.place;
    this.release = call.release;
    this.system = call.given.get("system");
  }
}

const systems = new WeakMap<Cell, SystemAttrs>();

/** The host that a set is, also after something was added to it: `nixosSystem { … } // { … }` builds the same. */
export function systemBehind(value: Value): SystemAttrs | undefined {
  if (value instanceof SystemAttrs) return value;
  const config = value instanceof NixAttrs && value.has("config") === true ? value.get("config") : undefined;
  return config && systems.get(config);
}

/** One call of `nixosSystem`. */
interface SystemCall {
  readonly given: NixAttrs;
  readonly modules: Cell;
  readonly place: Place | undefined;
  readonly release: string | undefined;
  readonly released: Cell | undefined;
}

/** The nixpkgs that a `nixosSystem` is from: its release, and the library that modules get. */
interface Nixpkgs {
  readonly release: string;
  readonly lib: Cell;
}

/** `nixosSystem`'s argument set, read without evaluating any module. */
export function makeSystem(world: ModuleWorld, args: Cell, nixpkgs?: Nixpkgs): Value {
  const given = look(args);
  if (given instanceof Unknown) return given;
  if (!(given instanceof NixAttrs)) return new Unknown("nixosSystem is not called with a set", args.place);
  const modules = given.get("modules") ?? Cell.of(NixList.of([]));
  return systemOf(world, { given, modules, place: args.place, release: nixpkgs?.release, released: nixpkgs?.lib });
}

function systemOf(world: ModuleWorld, call: SystemCall): SystemAttrs {
  const { given, modules, place } = call;
  const platform = Cell.lazy(() => platformOf(set, given.get("system")));
  const pkgs = given.get("pkgs") ?? Cell.lazy(() => new Packages(world.lib, platform));
  // Who calls NixOS with a library of their own gets it in every module.
  const lib = given.get("lib") ?? call.released;
  const specialArgs = new Map<string, Cell>([
    ["modulesPath", Cell.of(NIXOS_MODULES)],
    ...(lib ? [["lib", lib] as const] : []),
    ...setCells(given.get("specialArgs")),
  ]);
  const set: ModuleSet = new ModuleSet({
    world,
    modules: [
      { cell: Cell.of(NixAttrs.of({ imports: modules })), file: place?.file ?? "", conditions: [] },
      {
        cell: Cell.lazy(() => homeManagerModule(specialArgs.get("lib") ?? world.lib, pkgs, set)),
        file: "",
        conditions: [],
      },
      { cell: Cell.lazy(() => containersModule(specialArgs.get("lib") ?? world.lib, pkgs)), file: "", conditions: [] },
    ],
    specialArgs,
    hiddenArgs: hiddenIn(given.get("specialArgs")),
    args: new Map([["pkgs", pkgs], ["utils", world.utils], ...setCells(given.get("extraArgs"))]),
    isOfNixos: true,
    path: [],
    undeclared: "world",
    defaults: (path) => computedDefault(path, call.release),
    readBack: world.derived,
    derivedPaths: [["fileSystems"]],
  });
  const cells = new Map<string, Cell>([
    ["config", set.config],
    ["options", Cell.lazy(() => new OptionsAttrs(set.root))],
    ["pkgs", pkgs],
    ["lib", specialArgs.get("lib") ?? world.lib],
    ["_type", Cell.of("configuration")],
    ["type", Cell.of("nixos-system")],
    ["extendModules", Cell.of(new NixFunction((more) => extendSystem(world, call, more), "extendModules"))],
  ]);
  register.origin = undefined;
  const system = new SystemAttrs(set, call, cells);
  systems.set(set.config, system);
  return system;
}

function extendSystem(world: ModuleWorld, call: SystemCall, more: Cell): Value {
  const added = look(more);
  const extra = added instanceof NixAttrs ? added.get("modules") : undefined;
  const lists = [call.modules, ...(extra ? [extra] : [])];
  const both = NixList.of(lists.map((imports) => Cell.of(NixAttrs.of({ imports }))));
  const special = added instanceof NixAttrs ? setCells(added.get("specialArgs")) : new Map<string, Cell>();
  const before = call.given.get("specialArgs");
  const specialArgs = new NixAttrs(new Map([...setCells(before), ...special]), hiddenIn(before));
  const given = new NixAttrs(new Map([...call.given.cells, ["specialArgs", Cell.of(specialArgs)]]));
  return systemOf(world, { ...call, given, modules: Cell.of(both) });
}

/** The platform a host is for, e.g. "x86_64-linux": `nixpkgs.hostPlatform`, else what `nixosSystem` was given. */
export function platformOf(set: ModuleSet, argument: Cell | undefined): Value {
  const option = set.root.at("nixpkgs", "hostPlatform");
  if (option.isDefined() !== false) return systemName(option.value());
  const legacy = set.root.at("nixpkgs", "system");
  if (legacy.isDefined() !== false) return systemName(legacy.value());
  const value = argument ? look(argument) : null;
  if (value !== null) return value;
  return reportedPlatform(set.root, set.files) ?? new Unknown("nothing says which platform the host is for");
}

/** A platform is written as its name or as a set with `system`. */
function systemName(value: Value): Value {
  const name = value instanceof NixAttrs ? value.get("system") : undefined;
  return name ? look(name) : value;
}

/**
 * Declares `home-manager.users.<name>` as sets of home-manager modules, the way its NixOS module does: with the library
 * of the host, which may be one of the workspace.
 */
function homeManagerModule(lib: Cell, pkgs: Cell, set: ModuleSet): Value {
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
      ["osClass", Cell.of("nixos")],
      ["modulesPath", Cell.of(HOME_MODULES)],
      ["lib", lib],
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

/** Declares `containers.<name>.config` as what it is: the configuration of another NixOS, written as modules. */
function containersModule(lib: Cell, pkgs: Cell): Value {
  const given = new Map<string, Cell>([
    ["pkgs", pkgs],
    ["lib", lib],
    ["modulesPath", Cell.of(new Unknown("it is one of NixOS' own modules", undefined, { soft: true }))],
  ]);
  const declare = (type: TypeAttrs) => NixAttrs.of({ _type: Cell.of("option"), type: Cell.of(type) });
  const container = new NixFunction((args) => {
    const around = look(args);
    const own = around instanceof NixAttrs ? around.get("config") : undefined;
    const specialArgs = () => {
      const set = own && look(own);
      const extra = set instanceof NixAttrs ? set.get("specialArgs") : undefined;
      return new Map([...given, ...setCells(extra)]);
    };
    const config = declare(new TypeAttrs(submodule({ modules: [], specialArgs, open: true })));
    return NixAttrs.of({ options: Cell.of(NixAttrs.of({ config: Cell.of(config) })) });
  }, "container");
  const type = submodule({ modules: [Cell.of(container)], shorthandOnlyDefinesConfig: true, open: true });
  return NixAttrs.of({
    options: Cell.of(NixAttrs.of({ containers: Cell.of(declare(new TypeAttrs(attrsOf(type)))) })),
    config: Cell.of(new NixAttrs(new Map())),
  });
}

const HOME_MODULES = new Unknown("it is one of home-manager's own modules", undefined, { soft: true });

/** Why a set may have more names than it lists. */
function hiddenIn(cell: Cell | undefined): Unknown | undefined {
  const value = cell && look(cell);
  return value instanceof NixAttrs ? restOf(value) : value instanceof Unknown ? value : undefined;
}

function setCells(cell: Cell | undefined): Map<string, Cell> {
  const value = cell && look(cell);
  return new Map(value instanceof NixAttrs ? value.names().map((name) => [name, value.get(name) as Cell]) : []);
}
