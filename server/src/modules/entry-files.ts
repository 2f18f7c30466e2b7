import type { AttrsExpr, Expr, Program } from "../syntax/expr.ts";
import type { FileReferences } from "./file-references.ts";

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
/** Top-level names that say nothing about what the module is for. */
const OF_MODULES = new Set(["imports", "config", "options", "_file", "key", "meta"]);
/** Top-level options of home-manager: a file with one of them is no host. */
const HOME_OPTIONS = new Set(["home", "xdg", "wayland", "gtk", "qt", "dconf"]);

/** Top-level options of nix-darwin: a file with one of them is no host of NixOS. */
const DARWIN_OPTIONS = new Set(["homebrew", "launchd"]);

/** Top-level options that a host has and a module of services does not. */
const OF_WHOLE_HOSTS = new Set([
  "disko",
  "fileSystems",
  "preservation",
  "swapDevices",
  "boot.loader",
  "boot.initrd",
  "environment.persistence",
  "hardware.cpu",
  "networking.hostId",
  "networking.hostName",
  "nixpkgs.hostPlatform",
  "system.stateVersion",
]);

/**
 * The files that are hosts by themselves: modules that no other file refers to by a path. Where one of them has what
 * makes a whole host (filesystems, a boot loader, a name), or `others` makes hosts, those that have nothing of it are
 * modules that something finds by other ways.
 */
export function entryFiles(
  programs: readonly Program[],
  references: FileReferences,
  hasOthers: boolean,
): readonly string[] {
  const byPath = new Map(programs.map((program) => [program.path, program]));
  const rootsOf = (path: string) =>
    [...references.reachable(path, false)].flatMap((file) => byPath.get(file)?.root ?? []);
  // What only imports, and nothing of NixOS in sight, is a module of something else; what it does not find may be.
  const entries = programs.filter(
    ({ path, root }) =>
      !references.isReferred(path) &&
      !/\/(nix-)?darwin\//i.test(path) &&
      isHostModule(root) &&
      (path.endsWith("/configuration.nix") || references.missesFile(path) || rootsOf(path).some(setsOptions)),
  );
  const whole = entries.filter(
    ({ path, root }) => !declaresOptions(root) && (references.missesFile(path) || rootsOf(path).some(saysOfHosts)),
  );
  return (whole.length > 0 || hasOthers ? whole : entries).map(({ path }) => path);
}

/** Whether a file is a module of NixOS, by what it sets. */
export function isHostModule(root: Expr): boolean {
  const names = new Set(topNames(root).map(([name]) => name));
  if ([...names].some((name) => HOME_OPTIONS.has(name) || DARWIN_OPTIONS.has(name))) return false;
  return [...names].some((name) => NIXOS_OPTIONS.has(name));
}

function setsOptions(root: Expr): boolean {
  return topNames(root).some(([name]) => !OF_MODULES.has(name));
}

function declaresOptions(root: Expr): boolean {
  return topNames(root).some(([name]) => name === "options");
}

function saysOfHosts(root: Expr): boolean {
  return topNames(root).some(([name, inner]) => OF_WHOLE_HOSTS.has(name) || OF_WHOLE_HOSTS.has(`${name}.${inner}`));
}

/** The options that a module sets, by the first two names of each; those of `config` as if they stood beside it. */
function topNames(root: Expr): [name: string, inner: string | undefined][] {
  const body = moduleBody(root);
  return body ? namesIn(body) : [];
}

/** Stands for options that are set by an expression: `config = mkIf …`. */
const COMPUTED: [name: string, inner: string | undefined] = ["config.*", undefined];

function namesIn(body: AttrsExpr): [name: string, inner: string | undefined][] {
  return body.bindings.flatMap((binding): [string, string | undefined][] => {
    if (binding.kind !== "bind") return [];
    const [first, second, third] = binding.path.map(staticName);
    if (first === undefined) return [];
    const inside = moduleBody(binding.value);
    if (first === "config") {
      if (second !== undefined)
        return [
          ["config", undefined],
          [second, third],
        ];
      return [["config", undefined], ...(inside ? namesIn(inside) : [COMPUTED])];
    }
    if (second !== undefined) return [[first, second]];
    const inner = inside?.bindings.flatMap((one) => (one.kind === "bind" ? [staticName(one.path[0])] : [])) ?? [];
    return [[first, undefined], ...inner.map((name): [string, string | undefined] => [first, name])];
  });
}

function staticName(name: { kind: string; name?: string } | undefined): string | undefined {
  return name?.kind === "name" ? name.name : undefined;
}

/** The attribute set a file comes down to: through function heads that take `...`, `let` and `with`. */
export function moduleBody(expr: Expr): AttrsExpr | undefined {
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
