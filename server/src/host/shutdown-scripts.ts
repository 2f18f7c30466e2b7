import type { OptionNode } from "../modules/option-node.ts";
import { hidesRollback } from "./hidden-rollback.ts";
import { childrenOf, type Reason } from "./read-values.ts";
import { scriptsOf } from "./script.ts";

/**
 * Why the next boot may find an empty root although nothing in the initrd empties it: a program that systemd runs when all
 * is unmounted (`systemd.shutdown`, or files of that folder in `systemd.shutdownRamfs`) removes it or rolls it back.
 */
export function emptiedAtShutdown(root: OptionNode, subvolume: string | undefined): Reason | undefined {
  for (const node of programs(root)) {
    for (const script of scriptsOf(node)) {
      const why = hidesRollback(script, subvolume);
      if (why !== undefined) return { why: `at shutdown, ${why}`, place: script.place };
    }
  }
  return undefined;
}

function programs(root: OptionNode): OptionNode[] {
  const systemd = root.child("systemd");
  const contents = childrenOf(systemd.at("shutdownRamfs", "contents")).filter(({ name }) =>
    name.includes("/system-shutdown/"),
  );
  return [
    ...childrenOf(systemd.child("shutdown")).map(({ node }) => node),
    ...contents.flatMap(({ node }) => [node.child("source"), node.child("text")]),
  ];
}
