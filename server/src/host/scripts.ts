import type { OptionNode } from "../modules/option-node.ts";
import type { Script } from "./host.ts";
import { childrenOf } from "./read-values.ts";
import { scriptsOf, textNodeOf } from "./script.ts";
import type { Units } from "./units.ts";

/** The hooks of the scripted initrd, in the order in which they run. */
export const initrdHooks: readonly string[] = [
  ...["preFailCommands", "preDeviceCommands", "preLVMCommands", "postDeviceCommands", "postResumeCommands"],
  "postMountCommands",
];

/** The scripts of the scripted initrd. */
export function readInitrdHooks(root: OptionNode): Script[] {
  const initrd = root.at("boot", "initrd");
  return initrdHooks.flatMap((name) => scriptsOf(initrd.child(name)));
}

/** All scripts of a host: units, initrd hooks, activation scripts and the hooks of disko. */
export function readScripts(
  root: OptionNode,
  units: Units,
  hooks: readonly Script[],
  disko: readonly OptionNode[],
): Script[] {
  const activation = childrenOf(root.at("system", "activationScripts")).flatMap(({ node }) =>
    scriptsOf(textNodeOf(node)),
  );
  return [
    ...hooks,
    ...units.list.flatMap(({ scripts }) => scripts),
    ...activation,
    ...disko.flatMap((hook) => scriptsOf(hook)),
  ];
}
