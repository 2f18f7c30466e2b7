import { type OptionNames, optionNames, settledOf } from "../catalogue/option-names.ts";
import { removedOptionTree } from "../catalogue/removed-options.ts";
import { editDistance } from "./edit-distance.ts";
import { isKnownAtTop } from "./known-options.ts";
import { MergeNode } from "./merge-node.ts";
import { nameOf } from "./name-place.ts";
import { noting } from "./noted-reads.ts";
import { type ModuleProblem, type OptionNode, optionText } from "./option-node.ts";

/**
 * Options that are set, that neither NixOS nor the workspace has, and that are called nearly as one that NixOS has at the
 * same place, and has had for years: `services.btrbk.instance`. Other names may be options of modules that are not seen, of a
 * newer NixOS or of an older one, and so may those that are like a new one: new options change their names now and then.
 * As long as a host is edited, groups that an edit does not reach stay, and what was found in them.
 */
export function misspeltOptions(root: MergeNode): readonly ModuleProblem[] {
  return noting(undefined, () => {
    const found: ModuleProblem[] = [];
    for (const { name, certain } of root.names()) {
      const child = root.child(name);
      const names = optionNames().get(name);
      if (names) {
        if (names.isGroup && child instanceof MergeNode) found.push(...inGroup(child, names));
      } else if (certain === true && !root.declarations?.child(name) && !isKnownAtTop(name)) {
        found.push(...misspelt(root, name, () => [...settledOf(optionNames()), ...ADDED_AT_TOP], optionNames()));
      }
    }
    return found;
  });
}

const known = new WeakMap<MergeNode, readonly ModuleProblem[]>();

function inGroup(group: MergeNode, options: OptionNames): readonly ModuleProblem[] {
  let found = known.get(group);
  if (!found) {
    found = readGroup(group, options);
    known.set(group, found);
  }
  return found;
}

function readGroup(group: MergeNode, options: OptionNames): readonly ModuleProblem[] {
  const found: ModuleProblem[] = [];
  for (const { name, certain } of group.names()) {
    const below = options.at(name);
    if (below) {
      const child = below.isGroup ? group.child(name) : undefined;
      if (child instanceof MergeNode) found.push(...inGroup(child, below));
    } else if (certain === true && !options.isOpen && !group.declarations?.child(name)) {
      const added = ADDED.get(group.path.join(".")) ?? [];
      if (!added.includes(name)) found.push(...misspelt(group, name, () => [...options.settled(), ...added], options));
    }
  }
  return found;
}

/** Groups of modules that are known by their meaning, where NixOS has none of that name. */
const ADDED: ReadonlyMap<string, readonly string[]> = new Map([["environment", ["persistence"]]]);

const ADDED_AT_TOP = ["preservation"];

/** What other systems and people call what NixOS has under another name. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["services.postgres", "services.postgresql"],
  ["services.mariadb", "services.mysql"],
  ["services.ssh", "services.openssh"],
  ["services.docker", "virtualisation.docker"],
  ["services.podman", "virtualisation.podman"],
  ["services.libvirtd", "virtualisation.libvirtd"],
  ["services.networkmanager", "networking.networkmanager"],
  ["services.firewall", "networking.firewall"],
]);

/** Options that NixOS had once, or that widely used modules declare, beside others that are called nearly the same. */
const OF_THEIR_OWN: ReadonlySet<string> = new Set([
  "services.dd-agent",
  "services.gitlab-runner.packages",
  "services.kubernetes.apiserver.insecurePort",
  "services.kubernetes.controllerManager.insecurePort",
  "services.minecraft-servers",
]);

interface Names {
  at?(name: string): OptionNames | undefined;
  get?(name: string): OptionNames | undefined;
}

function misspelt(group: MergeNode, name: string, names: () => readonly string[], options: Names): ModuleProblem[] {
  const path = [...group.path, name];
  const other = OTHER_NAMES.get(path.join("."))?.split(".");
  if (!other && (OF_THEIR_OWN.has(path.join(".")) || wasOption(path))) return [];
  const node = group.child(name);
  const nearest = other ? undefined : nearestIn(options, name, names);
  const meant = other ?? (nearest === undefined ? undefined : [...group.path, nearest]);
  if (!meant) return [];
  const target = nearest === undefined ? undefined : (options.at?.(nearest) ?? options.get?.(nearest));
  if (target?.isGroup && !isFilledAs(node, target)) return [];
  const message = `\`${optionText(path)}\` is not an option that exists here.`;
  const recovery = `Did you mean \`${optionText(meant)}\`?`;
  return node
    .definitions()
    .flatMap((definition) =>
      definition.condition === true
        ? [{ kind: "unknown-option" as const, path, message, recovery, meant, place: nameOf(definition) }]
        : [],
    );
}

/** Whether what is set below is what an option has there. */
function isFilledAs(node: OptionNode, options: OptionNames): boolean {
  return options.isOpen || node.names().every(({ name }) => options.at(name) !== undefined);
}

/** Whether NixOS had such an option once: that is said of it in other words. */
function wasOption(path: readonly string[]): boolean {
  let branch = removedOptionTree();
  for (const name of path) {
    const below = branch.below.get(name) ?? branch.below.get("*");
    if (!below) return false;
    branch = below;
  }
  return true;
}

/** What is near names in a group: a host may set many that NixOS does not have, and so may the hosts beside it. */
const nearestNames = new WeakMap<Names, Map<string, string | undefined>>();

function nearestIn(options: Names, name: string, names: () => readonly string[]): string | undefined {
  const found = nearestNames.get(options) ?? new Map<string, string | undefined>();
  nearestNames.set(options, found);
  if (!found.has(name)) found.set(name, nearestOf(name, names()));
  return found.get(name);
}

/** The one name that differs by a slip; undefined when there is none, or several. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const other of names) {
    const distance = slipsBetween(name, other);
    if (distance === undefined || distance > least) continue;
    best = distance < least ? other : undefined;
    least = distance;
  }
  return best;
}

/** How many slips make one name of another; undefined for names of their own. Numbers are never a slip. */
function slipsBetween(name: string, other: string): number | undefined {
  const length = Math.min(name.length, other.length);
  if (length < SHORT || Math.abs(name.length - other.length) > 2 || numbersOf(name) !== numbersOf(other))
    return undefined;
  if (name.toLowerCase() === other.toLowerCase()) return 0;
  const distance = editDistance(name, other);
  return distance <= (length < LONG ? 1 : 2) ? distance : undefined;
}

const SHORT = 5;
const LONG = 9;

function numbersOf(name: string): string {
  return name.replace(/\D+/g, " ").trim();
}
