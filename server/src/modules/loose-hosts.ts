import type { ProgramSource } from "../eval/interpreter.ts";
import { isWithin, parentPath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, Unknown, type Value } from "../eval/value.ts";
import type { Program } from "../syntax/expr.ts";
import type { DiscoveryProblem, HostReference } from "./configuration.ts";
import { entryFiles, isHostModule } from "./entry-files.ts";
import { callsNixos, expressionValue, hostNameOf, isHive, systemsIn } from "./expression-hosts.ts";
import { FileReferences } from "./file-references.ts";
import type { FlakeWorld } from "./flake-world.ts";

/** Files whose value is, or holds, the hosts of a folder, the likelier first. */
const ENTRY_NAMES = [
  "default.nix",
  "nilla.nix",
  "hosts.nix",
  "systems.nix",
  "machines.nix",
  "configurations.nix",
  "nixos.nix",
  "outputs.nix",
  "hive.nix",
  "colmena.nix",
  "network.nix",
];

/** What files outside of flakes declare. */
export interface LooseHosts {
  readonly hosts: readonly HostReference[];
  readonly problems: readonly DiscoveryProblem[];
}

/**
 * The hosts of files outside of flakes: systems that the value of a file is or holds, and modules that nothing
 * imports. `modulesToo`: whether a module may be a host by itself, which it is not beside a flake.
 */
export function looseHosts(
  paths: readonly string[],
  programs: ProgramSource,
  newWorld: () => FlakeWorld,
  modulesToo: boolean,
): LooseHosts {
  const parsed = paths.flatMap((path) => {
    const program = programs.program(path);
    return "why" in program ? [] : [program];
  });
  const references = new FileReferences(parsed);
  const hosts: HostReference[] = [];
  const problems: DiscoveryProblem[] = [];
  const read = new Set<string>();
  for (const entry of candidates(parsed, references)) {
    // What made hosts already was read for them: the same hosts by another way are no others.
    if (read.has(entry.path)) continue;
    const found = systemsOf(entry.path, newWorld());
    if (found.why) problems.push({ entry: entry.path, why: found.why.why, place: found.why.place });
    for (const name of found.names) {
      if (!hosts.some((host) => host.name === name && sharesFiles(host.entry, entry.path, found.files))) {
        hosts.push({ name, entry: entry.path, kind: "expression" });
      }
    }
    if (found.names.length > 0) for (const file of found.files) read.add(file);
  }
  const made = new Set(hosts.map(({ entry }) => entry));
  const entries = modulesToo ? entryFiles(parsed, references, hosts.length > 0) : [];
  // What a framework takes from the folders around its file is no host by itself.
  const hidden = problems.filter(({ entry }) => isNilla(entry));
  const taken = hidden.map(({ entry }) => parentPath(entry));
  for (const entry of entries) {
    if (made.has(entry) || read.has(entry) || taken.some((folder) => isWithin(entry, folder))) continue;
    hosts.push({ name: hostNameOf(entry), entry, kind: "module" });
  }
  return { hosts, problems: hosts.length > 0 ? hidden : problems };
}

/** Whether a file is one that nilla makes hosts of, which is not modelled. */
function isNilla(path: string): boolean {
  return path.endsWith("/nilla.nix");
}

/** Whether a later entry leads to what an earlier one made, or lies beside it. */
function sharesFiles(earlier: string, later: string, files: ReadonlySet<string>): boolean {
  return files.has(earlier) || parentPath(earlier) === parentPath(later);
}

/**
 * Files to ask for systems: those that call NixOS' own evaluation or are hives, and those that are called like entries
 * of a folder and lead to such a one. The outermost come first.
 */
function candidates(parsed: readonly Program[], references: FileReferences): Program[] {
  const makers = new Set(
    parsed.filter((program) => callsNixos(program.root) || isHive(program)).map(({ path }) => path),
  );
  const asked = parsed.filter((program) => {
    if (makers.has(program.path)) return true;
    if (rank(program.path) === ENTRY_NAMES.length || isHostModule(program.root)) return false;
    if (isNilla(program.path)) return true;
    return makers.size > 0 && [...references.reachable(program.path, true)].some((path) => makers.has(path));
  });
  const depth = ({ path }: Program) => path.split("/").length;
  return asked.sort((a, b) => depth(a) - depth(b) || rank(a.path) - rank(b.path));
}

function rank(path: string): number {
  const at = ENTRY_NAMES.indexOf(path.slice(path.lastIndexOf("/") + 1));
  return at < 0 ? ENTRY_NAMES.length : at;
}

/** Why no system is in sight: the file has no value, or the set of its hosts has none. */
function whyWithout(value: Value): Unknown | undefined {
  if (value instanceof Unknown) return value;
  const declared = value instanceof NixAttrs ? ["nixosConfigurations", "nodes", "hosts"] : [];
  for (const name of declared) {
    const cell = (value as NixAttrs).has(name) === true ? (value as NixAttrs).get(name) : undefined;
    const hosts = cell && look(cell);
    const first = hosts instanceof NixAttrs ? hosts.names().map((host) => look(hosts.get(host) as Cell)) : [hosts];
    const unknown = first.find((one) => one instanceof Unknown);
    if (unknown instanceof Unknown) return unknown;
  }
  return undefined;
}

interface FoundSystems {
  readonly names: readonly string[];
  /** What was read to make them, their modules included. */
  readonly files: ReadonlySet<string>;
  /** Why the file has no value. */
  readonly why: Unknown | undefined;
}

function systemsOf(path: string, world: FlakeWorld): FoundSystems {
  const value = expressionValue(path, world);
  const systems = systemsIn(path, value);
  for (const { set } of systems.values()) {
    // Only the reading of its modules matters; what goes wrong there is told when the host is looked at.
    look(
      Cell.lazy(() => {
        void set.modules;
        return null;
      }),
    );
  }
  return {
    names: [...systems.keys()],
    files: new Set(world.interpreter.evaluated),
    why: systems.size === 0 ? whyWithout(value) : undefined,
  };
}
