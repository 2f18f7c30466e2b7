import { type Cell, look, NixAttrs, Unknown, type Value } from "../../eval/value.ts";
import type { Flake } from "../flake.ts";
import type { FlakeWorld } from "../flake-world.ts";
import { nodesOf } from "./colmena.ts";

/** The hosts a flake declares: `nixosConfigurations`, and nodes of a colmena hive that are not among them. */
export function flakeHosts({ path, outputs }: Pick<Flake, "path" | "outputs">, world: FlakeWorld): NixAttrs | Unknown {
  if (outputs instanceof Unknown) return outputs;
  if (!(outputs instanceof NixAttrs)) return new Unknown(`the outputs of \`${path}\` are not a set`);
  const declared = setAt(outputs, "nixosConfigurations");
  if (declared instanceof Unknown) return declared;
  const hive = hiveNodes(outputs, world);
  if (!declared && !hive) return outputs.open ?? new NixAttrs(new Map());
  if (!hive) return declared as NixAttrs;
  const cells = new Map(hive.names().map((name) => [name, hive.get(name) as Cell]));
  for (const name of declared?.names() ?? []) cells.set(name, declared?.get(name) as Cell);
  return new NixAttrs(cells, declared?.open ?? hive.open);
}

/** The nodes of `colmenaHive`, or of the older output `colmena`; nothing when the flake has neither. */
export function hiveNodes(outputs: NixAttrs, world: FlakeWorld): NixAttrs | undefined {
  const made = setAt(outputs, "colmenaHive");
  const nodes = made instanceof NixAttrs ? setAt(made, "nodes") : undefined;
  if (nodes instanceof NixAttrs) return nodes;
  const hive = outputs.get("colmena");
  if (!hive || outputs.has("colmena") !== true) return undefined;
  const found = nodesOf(world.modules, hive);
  return found instanceof NixAttrs ? found : undefined;
}

function setAt(set: NixAttrs, name: string): NixAttrs | Unknown | undefined {
  const cell = set.has(name) === true ? set.get(name) : undefined;
  const value: Value | undefined = cell && look(cell);
  if (value === undefined || value instanceof NixAttrs || value instanceof Unknown) return value;
  return new Unknown(`\`${name}\` is not a set`);
}
