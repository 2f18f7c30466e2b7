import type { OptionNode } from "../modules/option-node.ts";
import type { Verdict } from "./host.ts";
import { childrenOf } from "./read-values.ts";
import { allOf, YES } from "./verdict.ts";

/** A node reached through wildcards, with the names the wildcards stood for. */
export interface Match {
  readonly node: OptionNode;
  readonly names: readonly string[];
  readonly certain: Verdict;
}

/** The nodes of an option path in which `*` stands for every name: `services.redis.servers.*.enable`. */
export function expand(root: OptionNode, path: readonly string[]): Match[] {
  let matches: Match[] = [{ node: root, names: [], certain: YES }];
  for (const part of path) {
    matches = matches.flatMap((match) => {
      if (part !== "*") return [{ ...match, node: match.node.child(part) }];
      return childrenOf(match.node).map(({ name, node, certain }) => ({
        node,
        names: [...match.names, name],
        certain: allOf(match.certain, certain),
      }));
    });
  }
  return matches;
}
