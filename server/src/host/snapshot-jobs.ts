import type { OptionNode } from "../modules/option-node.ts";
import { btrbkJobs } from "./btrbk-jobs.ts";
import type { Script, SnapshotJob } from "./host.ts";
import { policyJobs } from "./policy-jobs.ts";
import { sanoidJobs } from "./sanoid-jobs.ts";
import { snapperJobs } from "./snapper-jobs.ts";

/** The jobs of tools and of the host's own policies; scripts are read in `script-snapshots.ts`. */
export function readToolJobs(root: OptionNode, scripts: readonly Script[] = []): SnapshotJob[] {
  return [...btrbkJobs(root), ...snapperJobs(root), ...sanoidJobs(root), ...policyJobs(root, scripts)];
}
