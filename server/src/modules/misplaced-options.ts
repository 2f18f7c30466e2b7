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
  const tops = root.declarations?.names() ?? [];
  return tops.flatMap((top) => {
    const declared = root.declarations?.child(top);
    if (!declared || isDeclaredByNixos([top]) || OF_INPUTS.test(top)) return [];
    const twins = new Map<string, string[][]>();
    collect(declared, [top], twins);
    return strangers(root.child(top) as MergeNode, twins);
  });
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

function strangers(node: MergeNode, twins: ReadonlyMap<string, readonly string[][]>): ModuleProblem[] {
  const { declarations } = node;
  if (!declarations || declarations.option) return [];
  const found: ModuleProblem[] = [];
  for (const { cell, condition } of node.definitions()) {
    const set = condition === true ? look(cell) : undefined;
    if (!(set instanceof NixAttrs)) continue;
    for (const name of set.names()) {
      const [twin, ...others] = twins.get(name) ?? [];
      if (declarations.child(name) || COMMON.test(name) || !twin || others.length > 0) continue;
      if (set.has(name) !== true) continue;
      const slot = set.get(name)?.slot;
      const path = [...node.path, name];
      found.push({
        kind: "unknown-option",
        path,
        place: slot?.name && { file: slot.site.file, start: slot.name.start, end: slot.name.end },
        message: `\`${path.join(".")}\` is not an option that exists here.`,
        recovery: `Did you mean \`${twin.join(".")}\`?`,
      });
    }
  }
  for (const name of declarations.names()) found.push(...strangers(node.child(name) as MergeNode, twins));
  return found;
}
