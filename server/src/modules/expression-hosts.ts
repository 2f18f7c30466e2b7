import { parentPath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, type Value } from "../eval/value.ts";
import type { Expr, Program } from "../syntax/expr.ts";
import { children } from "../syntax/walk.ts";
import { moduleBody } from "./entry-files.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { nodesOf } from "./frameworks/colmena.ts";
import { type SystemAttrs, systemBehind } from "./nixos-system.ts";

/** Sets of hosts lie at most this deep in the value of a file. */
const MAX_DEPTH = 3;

/** Keys of `meta` of colmena and of `network` of morph and NixOps, by which a hive is known. */
const HIVE_SETTINGS = new Set([
  "nixpkgs",
  "pkgs",
  "description",
  "specialArgs",
  "nodeNixpkgs",
  "nodeSpecialArgs",
  "machinesFile",
  "allowApplyAll",
  "enableRollback",
  "evalConfig",
  "storage",
  "lib",
  "ordering",
]);

/** Whether the value of a file is a set of nodes with settings beside them. */
export function isHive({ path, root }: Program): boolean {
  if (path.endsWith("/hive.nix")) return true;
  const body = moduleBody(root);
  return (body?.bindings ?? []).some((binding) => {
    if (binding.kind !== "bind") return false;
    const [first, second] = binding.path;
    if (first?.kind !== "name" || (first.name !== "meta" && first.name !== "network")) return false;
    if (second) return second.kind === "name" && HIVE_SETTINGS.has(second.name);
    const inner = binding.value.kind === "attrs" ? binding.value.bindings : [];
    return inner.some(
      (one) => one.kind === "bind" && one.path[0]?.kind === "name" && HIVE_SETTINGS.has(one.path[0].name),
    );
  });
}

/** `<nixpkgs/nixos>`, `sources.nixpkgs + "/nixos"`, `"${nixpkgs}/nixos/lib/eval-config.nix"`… */
export function callsNixos(expr: Expr): boolean {
  if (expr.kind === "search-path") return /^nixpkgs\/nixos(\/lib\/eval-config\.nix)?$/.test(expr.name);
  if (expr.kind === "string" || expr.kind === "path") {
    const ours = expr.parts.some(
      (part) => part.kind === "chunk" && /^\/nixos(\/lib\/eval-config\.nix)?$/.test(part.text),
    );
    if (ours) return true;
  }
  for (const child of children(expr)) if (callsNixos(child)) return true;
  return false;
}

/** The systems that a file's value is or holds, by name. */
export function expressionHosts(path: string, world: FlakeWorld): Map<string, SystemAttrs> {
  return systemsIn(path, expressionValue(path, world));
}

/** What a file makes of nothing; of a hive its nodes. */
export function expressionValue(path: string, world: FlakeWorld): Value {
  const value = called(look(world.interpreter.evaluateFile(path)));
  const program = world.programs.program(path);
  if (!(value instanceof NixAttrs) || "why" in program || !isHive(program)) return value;
  return nodesOf(world.modules, Cell.of(value));
}

/** The systems that a value is or holds, by name; `path` is the file that it is of. */
export function systemsIn(path: string, value: Value): Map<string, SystemAttrs> {
  const found = new Map<string, SystemAttrs>();
  // Where hosts have their set, the others are not looked at: Nix would not read the files behind them either.
  const own = value instanceof NixAttrs && value.has("nixosConfigurations") === true;
  collect(own ? look(value.get("nixosConfigurations") as Cell) : value, hostNameOf(path), 0, found);
  return found;
}

/** Files that build systems are often functions whose arguments all have defaults. */
function called(value: Value): Value {
  if (!(value instanceof NixFunction) || !value.formals) return value;
  const optional = [...value.formals.values()].every((hasDefault) => hasDefault);
  return optional ? look(Cell.lazy(() => value.call(Cell.of(new NixAttrs(new Map())), undefined))) : value;
}

function collect(value: Value, name: string, depth: number, found: Map<string, SystemAttrs>): void {
  const system = systemBehind(value);
  if (system) {
    if (!found.has(name)) found.set(name, system);
    return;
  }
  // Only plain sets hold hosts; packages and the like compute their attributes and have no end.
  if (!(value instanceof NixAttrs) || value.constructor !== NixAttrs || depth === MAX_DEPTH) return;
  for (const key of value.names()) collect(look(value.get(key) as Cell), key, depth + 1, found);
}

/** `/etc/nixos/configuration.nix` is named after its folder, other files after themselves. */
export function hostNameOf(entry: string): string {
  const file = entry.slice(entry.lastIndexOf("/") + 1).replace(/\.nix$/, "");
  if (file !== "default" && file !== "configuration") return file;
  const folder = parentPath(entry);
  return folder.slice(folder.lastIndexOf("/") + 1) || file;
}
