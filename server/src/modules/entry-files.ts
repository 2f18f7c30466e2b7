import type { ProgramSource } from "../eval/interpreter.ts";
import { normalisePath, parentPath } from "../eval/path-name.ts";
import type { AttrsExpr, Expr, Program } from "../syntax/expr.ts";
import { children } from "../syntax/walk.ts";

/** Top-level options by which a file is recognised as a NixOS module. */
const NIXOS_OPTIONS = new Set([
  "boot",
  "containers",
  "disko",
  "environment",
  "fileSystems",
  "hardware",
  "networking",
  "nix",
  "nixpkgs",
  "preservation",
  "security",
  "services",
  "swapDevices",
  "system",
  "systemd",
  "users",
  "virtualisation",
  "imports",
  "config",
]);
/** Top-level options of home-manager: a file with one of them is no host. */
const HOME_OPTIONS = new Set(["home", "xdg", "wayland", "gtk", "qt", "dconf"]);

/** The files that are hosts by themselves: modules that no other file of the list refers to by a path. */
export function entryFiles(paths: readonly string[], programs: ProgramSource): string[] {
  const parsed = paths.flatMap((path) => {
    const program = programs.program(path);
    return "why" in program ? [] : [program];
  });
  const referred = new Set(parsed.flatMap((program) => [...references(program)]));
  return parsed.filter((program) => !referred.has(program.path) && isHostModule(program.root)).map(({ path }) => path);
}

/** Files that a program names by literal paths, folders meaning their `default.nix`. */
function references(program: Program): Set<string> {
  const found = new Set<string>();
  const directory = parentPath(program.path);
  const visit = (expr: Expr): void => {
    const first = expr.kind === "path" && expr.parts.length === 1 ? expr.parts[0] : undefined;
    if (first?.kind === "chunk") {
      const path = normalisePath(first.text.startsWith("/") ? first.text : `${directory}/${first.text}`);
      if (path !== program.path) {
        found.add(path);
        found.add(`${path}/default.nix`);
      }
    }
    for (const child of children(expr)) visit(child);
  };
  visit(program.root);
  return found;
}

function isHostModule(root: Expr): boolean {
  const body = moduleBody(root);
  if (!body) return false;
  const names = new Set(
    body.bindings.flatMap((binding) => (binding.kind === "bind" ? staticHead(binding.path[0]) : [])),
  );
  if ([...names].some((name) => HOME_OPTIONS.has(name))) return false;
  return [...names].some((name) => NIXOS_OPTIONS.has(name));
}

function staticHead(name: { kind: string; name?: string } | undefined): string[] {
  return name?.kind === "name" && name.name !== undefined ? [name.name] : [];
}

/** The attribute set a module file comes down to: through function heads that take `...`, `let` and `with`. */
function moduleBody(expr: Expr): AttrsExpr | undefined {
  switch (expr.kind) {
    case "attrs":
      return expr;
    case "let":
    case "with":
    case "assert":
      return moduleBody(expr.body);
    case "lambda":
      return expr.formals === undefined || expr.ellipsis ? moduleBody(expr.body) : undefined;
    default:
      return undefined;
  }
}
