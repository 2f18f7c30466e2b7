import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { isNixosGroup } from "./nixos-groups.ts";
import { childrenOf, readString } from "./read-values.ts";

/** How far below the top options are looked through, and how many of them: they may hold anything. */
const DEPTH = 7;
const MOST = 20_000;

/**
 * Directories that options of the host's own modules call a mountpoint, such as `my.datasets.db.mountpoint`. Where ZFS
 * is in use such an option mostly sets the property by which ZFS mounts a dataset itself.
 */
export function ownMountpoints(root: OptionNode): Extract<Known<string>, { known: true }>[] {
  const found: Extract<Known<string>, { known: true }>[] = [];
  let seen = 0;
  const visit = (node: OptionNode): void => {
    for (const { name, node: child } of childrenOf(node)) {
      if (++seen > MOST) return;
      // What nobody sets is not evaluated for this.
      if (child.isDefined() === false) continue;
      if (/^mount-?point$/i.test(name)) {
        const path = readString(child);
        if (path?.known && path.value.startsWith("/") && path.value !== "/") found.push(path);
      } else if (child.path.length < DEPTH) visit(child);
    }
  };
  for (const { name, node } of childrenOf(root)) if (!isNixosGroup(name)) visit(node);
  return found;
}
