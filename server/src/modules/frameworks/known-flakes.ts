/** Frameworks that are modelled, and the repositories they live in; forks keep the repository's name. */
const REPOSITORIES: readonly (readonly [pattern: RegExp, framework: FrameworkName])[] = [
  [/(^|[/:])flake-parts$/, "flake-parts"],
  [/(^|[/:])flake-aspects$/, "flake-aspects"],
  [/(^|[/:])flake-file$/, "flake-file"],
  [/(^|[/:])flake-utils$/, "flake-utils"],
  [/(^|[/:])import-tree$/, "import-tree"],
  [/(^|[/:])haumea$/, "haumea"],
  [/(^|[/:])snowfall-lib$|(^|[/:])snowfallorg\/lib$/, "snowfall"],
  [/(^|[/:])numtide\/blueprint$|^blueprint$/, "blueprint"],
  [/(^|[/:])clan-core$/, "clan"],
  [/(^|[/:])nixos-(unified|flake)$/, "nixos-unified"],
  [/(^|[/:])colmena$/, "colmena"],
  [/(^|[/:])deploy-rs$/, "deploy-rs"],
  [/(^|[/:])(vic|denful)\/den$|^den$/, "den"],
  [/(^|[/:])easy-hosts$/, "easy-hosts"],
  [/(^|[/:])ez-configs$/, "ez-configs"],
  [/(^|[/:])flakelight$/, "flakelight"],
  [/(^|[/:])nix-systems\/[\w-]+$|^systems$/, "systems"],
];

export type FrameworkName =
  | "flake-parts"
  | "flake-aspects"
  | "flake-file"
  | "flake-utils"
  | "import-tree"
  | "haumea"
  | "snowfall"
  | "blueprint"
  | "clan"
  | "nixos-unified"
  | "colmena"
  | "deploy-rs"
  | "den"
  | "easy-hosts"
  | "ez-configs"
  | "flakelight"
  | "systems";

/** What is known by its meaning, so that reading its modules would say less. */
const KNOWN_MODULES = /(^|[/:])(impermanence|preservation|disko|home-manager|sops-nix|agenix|ragenix)$/;

/** Whether a flake input has modules that the checker knows by itself. */
export function hasKnownModules(name: string, url: string | undefined): boolean {
  return KNOWN_MODULES.test(url === undefined ? name : repositoryOf(url));
}

/**
 * Public sets of modules that give a host filesystems or a root of their own: images, and platforms with a layout that
 * is not the user's. All others keep to options of their own. microvm.nix is no part of the list: it is modelled.
 */
const WITH_FILE_SYSTEMS: readonly (readonly [pattern: RegExp, mounting: MountingModules])[] = [
  // This one declares formats beside the host, which stays as it is.
  [/(^|[/:])nixos-generators$/i, { harmless: "all-formats" }],
  [/(^|[/:])(nixos-images|nixos-raspberrypi|raspberry-pi-nix|mobile-nixos)$/i, {}],
];

/** Modules of an input that may define filesystems. */
export interface MountingModules {
  /** The one that does not. */
  readonly harmless?: string;
}

/** What is known of the modules of a flake input that may define filesystems; undefined for all other inputs. */
export function mountingModules(name: string, url: string | undefined): MountingModules | undefined {
  const repository = url === undefined ? name : repositoryOf(url);
  return WITH_FILE_SYSTEMS.find(([pattern]) => pattern.test(repository))?.[1];
}

/** The framework a flake input is, by its address or, without one, by its name. */
export function frameworkOf(name: string, url: string | undefined): FrameworkName | undefined {
  const repository = url === undefined ? name : repositoryOf(url);
  return REPOSITORIES.find(([pattern]) => pattern.test(repository))?.[1];
}

/** `owner/name` of an address such as `github:owner/name/branch`, or its path without decoration. */
export function repositoryOf(url: string): string {
  const [address = ""] = url.split("?");
  const short = /^(?:github|gitlab|sourcehut|codeberg):\/?([^/]+\/[^/]+)/.exec(address);
  if (short) return short[1] as string;
  const hub = /^https:\/\/(?:api\.)?flakehub\.com\/f\/([^/]+\/[^/]+)/.exec(address);
  if (hub) return hub[1] as string;
  const archive = /\/([^/]+\/[^/]+)\/(?:archive|tarball)\//.exec(address);
  if (archive) return archive[1] as string;
  return address.replace(/\.git$/, "").replace(/\/$/, "");
}

/**
 * Options that flake modules of inputs declare and that say nothing about hosts. What is not listed here
 * and not declared in sight is something a framework may make hosts of.
 */
const WITHOUT_HOSTS = new Set([
  "_module",
  "assertions",
  "agenix-rekey",
  "debug",
  "defaultEffectSystem",
  "devshells",
  "files",
  "flake-file",
  "flake-root",
  "gitHooks",
  "githubActions",
  "herculesCI",
  "hercules-ci",
  "meta",
  "mission-control",
  "nixvim",
  "passthru",
  "perInput",
  "pkgsDirectory",
  "pre-commit",
  "text",
  "touchup",
  "treefmt",
  "warnings",
]);

/** Inputs whose flake modules make checks, shells, packages and documents, or only declare outputs. Others may make hosts. */
const TOOLS =
  /^`([\w-]*(treefmt|git-hooks|pre-commit|devshell|process-compose|flake-root|mission-control|nix-topology|rekey|hercules|pkgs-by-name|github-actions|just-flake)[\w-]*|devenv|files|haskell-flake|disko|home-manager|nixvim)\./;

/** Whether what a reason names is a flake module that says nothing of hosts. */
export function isToolOfFlakes(why: string): boolean {
  return TOOLS.test(why);
}

/** Whether a top-level option of flake-parts can be passed over without anything about hosts being lost. */
export function saysNothingOfHosts(option: string): boolean {
  return WITHOUT_HOSTS.has(option);
}
