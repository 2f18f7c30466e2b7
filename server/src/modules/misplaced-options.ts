import type { Place } from "../eval/origin.ts";
import { look, NixAttrs } from "../eval/value.ts";
import type { DeclarationTree } from "./declaration.ts";
import { isDeclaredByNixos } from "./known-options.ts";
import type { MergeNode } from "./merge-node.ts";
import type { ModuleProblem } from "./option-node.ts";

/**
 * Options that nobody in sight declares where they are set, although the same group declares one of that name at another
 * place: `modules.impermanence` beside `modules.system.impermanence`. Only groups that the workspace made up itself are
 * looked at, and what stands in them for certain; others may declare what has no such twin.
 */
export function misplacedOptions(root: MergeNode): ModuleProblem[] {
  const { declarations } = root;
  return (declarations?.names() ?? []).flatMap((top) => {
    const declared = declarations?.child(top);
    if (!declared || isDeclaredByNixos([top]) || OF_INPUTS.test(top)) return [];
    const found = strangersIn(root.child(top) as MergeNode);
    if (found.length === 0) return [];
    const twins = new Map<string, string[][]>();
    collect(declared, [top], twins);
    return found.flatMap((stranger) => misplaced(stranger, twins.get(stranger.path.at(-1) ?? "") ?? []));
  });
}

/** What is set at a name that nobody in sight declares, beside declared ones. */
interface Stranger {
  readonly path: readonly string[];
  readonly place: Place | undefined;
}

function misplaced({ path, place }: Stranger, [twin, ...others]: readonly string[][]): ModuleProblem[] {
  if (!twin || others.length > 0) return [];
  const message = `\`${path.join(".")}\` is not an option that exists here.`;
  return [{ kind: "unknown-option", path, place, message, recovery: `Did you mean \`${twin.join(".")}\`?` }];
}

/** Groups that modules of well-known inputs declare, and workspaces add to. */
const OF_INPUTS =
  /^(age|containers?|den|dendritic|deployment|disko|flake|hjem|home|home-manager|impermanence|lanzaboote|lollypops|microvm|nixos|nixvim|perSystem|preservation|snowfallorg|sops|stylix|terranix|topology|wsl)$/;

/** The places of each name in a group, below the group itself. */
function collect(tree: DeclarationTree, path: readonly string[], twins: Map<string, string[][]>): void {
  if (tree.option || path.length > DEEPEST) return;
  for (const name of tree.names()) {
    const child = tree.child(name);
    if (!child) continue;
    const at = [...path, name];
    twins.set(name, [...(twins.get(name) ?? []), at]);
    collect(child, at, twins);
  }
}

const DEEPEST = 5;

/** Names that say too little of what is meant: every other module has them. */
const COMMON = /^(enable|package|packages|settings|extraConfig|config|options?|user|users|name|names|type|port|path)$/;

/** As long as a host is edited, groups that an edit does not reach stay. */
const known = new WeakMap<MergeNode, readonly Stranger[]>();

function strangersIn(node: MergeNode): readonly Stranger[] {
  const { declarations } = node;
  if (!declarations || declarations.option) return [];
  let found = known.get(node);
  if (!found) {
    found = [...ownStrangers(node, declarations), ...inChildren(node, declarations)];
    known.set(node, found);
  }
  return found;
}

function ownStrangers(node: MergeNode, declarations: DeclarationTree): Stranger[] {
  return node.definitions().flatMap(({ cell, condition }) => {
    const set = condition === true ? look(cell) : undefined;
    if (!(set instanceof NixAttrs)) return [];
    const names = set.names().filter((name) => !declarations.child(name) && !COMMON.test(name));
    return names.flatMap((name) => {
      if (set.has(name) !== true) return [];
      const slot = set.get(name)?.slot;
      const place = slot?.name && { file: slot.site.file, start: slot.name.start, end: slot.name.end };
      return [{ path: [...node.path, name], place }];
    });
  });
}

/** Most have none: hundreds of empty lists are not put together. */
function inChildren(node: MergeNode, declarations: DeclarationTree): Stranger[] {
  const found: Stranger[] = [];
  for (const name of declarations.names()) {
    const below = strangersIn(node.child(name) as MergeNode);
    if (below.length > 0) found.push(...below);
  }
  return found;
}
