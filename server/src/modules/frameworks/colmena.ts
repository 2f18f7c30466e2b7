import { Cell, look, NixAttrs, NixFunction, NixList, Unknown, type Value } from "../../eval/value.ts";
import { FlakeInput } from "../flake-inputs.ts";
import type { ModuleWorld } from "../module-set.ts";
import { makeSystem } from "../nixos-system.ts";
import { FrameworkAttrs } from "./framework-text.ts";

/** Keys of a hive that are no nodes. */
const SETTINGS = new Set(["meta", "network", "defaults"]);

/** `colmena.lib`, of which `makeHive` matters: the nodes of a hive as systems. */
export function colmenaFlake(world: ModuleWorld): Value {
  const makeHive = new NixFunction((hive) => hiveOf(world, hive), "colmena.lib.makeHive");
  const lib = new FrameworkAttrs("colmena.lib", new Map([["makeHive", Cell.of(makeHive)]]));
  // Its modules declare what a deployment is told and put keys in place; no store or filesystem comes of them.
  const nixosModules = new FlakeInput("colmena.nixosModules");
  return new FrameworkAttrs(
    "colmena",
    new Map<string, Cell>([
      ["lib", Cell.of(lib)],
      ["nixosModules", Cell.of(nixosModules)],
    ]),
  );
}

function hiveOf(world: ModuleWorld, hive: Cell): Value {
  const value = look(hive);
  if (value instanceof Unknown) return value;
  return NixAttrs.of({
    nodes: Cell.lazy(() => nodesOf(world, hive)),
    toplevel: Cell.of(new Unknown("what colmena builds is not known here")),
    __schema: Cell.of("v0.5"),
  });
}

/** The nodes of a hive (`{ meta, defaults, <node> = module; }`) as systems; `deployment` is one of their options. */
export function nodesOf(world: ModuleWorld, hive: Cell): NixAttrs | Unknown {
  const value = look(hive);
  if (value instanceof Unknown) return value;
  if (!(value instanceof NixAttrs)) return new Unknown("the hive is not a set", hive.place);
  const cells = new Map<string, Cell>();
  const all: NixAttrs = new NixAttrs(cells, value.open);
  for (const name of value.names()) {
    if (SETTINGS.has(name)) continue;
    cells.set(
      name,
      Cell.lazy(() => nodeOf(world, value, name, all), value.get(name)?.slot),
    );
  }
  return all;
}

function nodeOf(world: ModuleWorld, hive: NixAttrs, name: string, nodes: NixAttrs): Value {
  const meta = setAt(hive, "meta") ?? setAt(hive, "network");
  const module = hive.get(name) as Cell;
  const defaults = hive.get("defaults");
  const special = [meta && setAt(meta, "specialArgs"), at(meta, "nodeSpecialArgs", name)];
  const specialArgs = new Map<string, Cell>([
    ["name", Cell.of(name)],
    ["nodes", Cell.of(nodes)],
  ]);
  for (const set of special) {
    for (const key of set?.names() ?? []) specialArgs.set(key, set?.get(key) as Cell);
  }
  const args = NixAttrs.of({
    modules: Cell.of(NixList.of([...(defaults ? [defaults] : []), module])),
    specialArgs: Cell.of(new NixAttrs(specialArgs)),
  });
  return makeSystem(world, Cell.of(args, module.origin, module.slot));
}

function at(set: NixAttrs | undefined, ...path: string[]): NixAttrs | undefined {
  let found = set;
  for (const name of path) found = found && setAt(found, name);
  return found;
}

function setAt(set: NixAttrs, name: string): NixAttrs | undefined {
  const cell = set.get(name);
  const value = cell && look(cell);
  return value instanceof NixAttrs ? value : undefined;
}
