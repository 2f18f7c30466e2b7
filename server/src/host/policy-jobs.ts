import type { OptionNode } from "../modules/option-node.ts";
import { parseRetention } from "../shell/retention-text.ts";
import { bareUnitOf } from "./bare-retention.ts";
import type { Keeping, Known, Script, SnapshotJob } from "./host.ts";
import { isNixosGroup } from "./nixos-groups.ts";
import { perItem } from "./per-item.ts";
import { perNode } from "./per-node.ts";
import { frequencySeconds } from "./period.ts";
import { type Child, childrenOf, nameAt, readString } from "./read-values.ts";
import { numberOf, placesOf } from "./snapshot-keeping.ts";
import { known, notKnown } from "./verdict.ts";

const POLICY = "snapshotPolicy";
const POLICY_DEPTH = 4;

/**
 * `….snapshotPolicy.{frequency,retention,scope}` of modules of the host itself. What a bare number counts is looked up
 * in the scripts that read it.
 */
export function policyJobs(root: OptionNode, scripts: readonly Script[]): SnapshotJob[] {
  return childrenOf(root)
    .flatMap(({ name, node }) => (isNixosGroup(name) ? [] : policiesBelow(node)))
    .map((node) => policyJob(node, scripts));
}

const policiesBelow = perNode((node): readonly OptionNode[] => policiesIn(childrenOf(node)));

const policiesIn = perItem(({ name, node }: Child): readonly OptionNode[] => {
  if (name === POLICY) return [node];
  return node.path.length <= POLICY_DEPTH ? policiesBelow(node) : [];
});

function policyJob(node: OptionNode, scripts: readonly Script[]): SnapshotJob {
  const frequency = readString(node.child("frequency"));
  const option = node.child("retention");
  const count = numberOf(option);
  const retention = count?.known ? known(String(count.value), count.place) : readString(option);
  return {
    tool: "policy",
    name: node.path.join("."),
    place: nameAt(node),
    sources: [],
    directory: undefined,
    period: frequency && frequencySeconds(frequency),
    keeps: retention && {
      settings: placesOf(["retention", "frequency", "scope"].map((name) => node.child(name))),
      policies: policiesOf(retention, scripts),
      endless: undefined,
    },
    node,
  };
}

function policiesOf(retention: Known<string>, scripts: readonly Script[]): Keeping["policies"] {
  if (!retention.known) return retention;
  const isBare = /^\s*\d+\s*$/.test(retention.value);
  const parsed = parseRetention(retention.value, isBare ? bareUnitOf(retention, scripts) : undefined);
  if (!parsed.ok) return notKnown(parsed.message, retention.place);
  return known([{ policy: parsed.policy, every: undefined }], retention.place);
}
