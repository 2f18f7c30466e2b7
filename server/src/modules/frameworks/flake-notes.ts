import type { FlakeWorld } from "../flake-world.ts";
import type { MergeNode } from "../merge-node.ts";
import type { ModuleSet } from "../module-set.ts";
import type { Incomplete } from "./incomplete.ts";
import { saysNothingOfHosts } from "./known-flakes.ts";

/** Everything of the flakes of one evaluation that was seen and not interpreted. */
export function flakeNotes({ notes, flakeModules }: FlakeWorld): Incomplete[] {
  return [...notes, ...flakeModules.flatMap((set) => [...unread(set), ...undeclared(set)])];
}

/** Flake modules of the workspace that could not be read. */
function unread(set: ModuleSet): Incomplete[] {
  return set.opaque
    .filter(({ known }) => !known)
    .map(({ name, why, place }) => ({ why: `the flake module ${name} cannot be read: ${why}`, place }));
}

/**
 * Options that a module of an input declares and the flake sets: a framework may make hosts of them, or
 * change the hosts that there are.
 */
function undeclared(set: ModuleSet): Incomplete[] {
  return set.root.names().flatMap(({ name }) => {
    const node = set.root.child(name) as MergeNode;
    if (node.isDeclared() || saysNothingOfHosts(name)) return [];
    const why = `the flake sets \`${name}\`, which a module of an input declares, and what that makes of it is not known here`;
    return [{ why, place: node.definitions()[0]?.place }];
  });
}
