import type { ProgramSource } from "../eval/interpreter.ts";
import { parentPath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, type Value } from "../eval/value.ts";
import type { Expr } from "../syntax/expr.ts";
import { children } from "../syntax/walk.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { nodesOf } from "./frameworks/colmena.ts";
import { SystemAttrs } from "./nixos-system.ts";

/** Sets of hosts lie at most this deep in the value of a file. */
const MAX_DEPTH = 3;

/** Whether a file outside of flakes makes systems by itself: a hive, or a caller of NixOS' own evaluation. */
export function makesHosts(path: string, programs: ProgramSource): boolean {
  const program = programs.program(path);
  if ("why" in program) return false;
  return path.endsWith("/hive.nix") || callsNixos(program.root);
}

/** `<nixpkgs/nixos>`, `sources.nixpkgs + "/nixos"`, `"${nixpkgs}/nixos/lib/eval-config.nix"`… */
function callsNixos(expr: Expr): boolean {
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
  const value = called(look(world.interpreter.evaluateFile(path)));
  const found = new Map<string, SystemAttrs>();
  const isHive = value instanceof NixAttrs && path.endsWith("/hive.nix");
  const hosts = isHive ? nodesOf(world.modules, Cell.of(value)) : value;
  collect(hosts, hostNameOf(path), 0, found);
  return found;
}

/** Files that build systems are often functions whose arguments all have defaults. */
function called(value: Value): Value {
  if (!(value instanceof NixFunction) || !value.formals) return value;
  const optional = [...value.formals.values()].every((hasDefault) => hasDefault);
  return optional ? look(Cell.lazy(() => value.call(Cell.of(new NixAttrs(new Map())), undefined))) : value;
}

function collect(value: Value, name: string, depth: number, found: Map<string, SystemAttrs>): void {
  if (value instanceof SystemAttrs) {
    if (!found.has(name)) found.set(name, value);
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
