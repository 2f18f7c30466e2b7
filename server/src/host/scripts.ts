import type { OptionNode } from "../modules/option-node.ts";
import type { Script, Unit } from "./host.ts";
import type { InitrdHooks } from "./initrd.ts";
import { perItem } from "./per-item.ts";
import { childrenOf } from "./read-values.ts";
import { scriptsOf, textNodeOf } from "./script.ts";
import type { Units } from "./units.ts";

const scriptsOfUnits = perItem(({ scripts }: Unit) => scripts);

/** All scripts of a host: initrd hooks, units, activation scripts and the hooks of disko. */
export function readScripts(
  root: OptionNode,
  hooks: InitrdHooks,
  units: Units,
  diskoHooks: readonly OptionNode[],
): Script[] {
  const activation = childrenOf(root.at("system", "activationScripts"));
  return [
    ...hooks.list.map(({ script }) => script),
    ...scriptsOfUnits(units.list),
    ...activation.flatMap(({ node }) => scriptsOf(textNodeOf(node))),
    ...diskoHooks.flatMap((hook) => scriptsOf(hook)),
  ];
}
