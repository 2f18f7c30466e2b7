import { resourceLimits } from "node:worker_threads";
import { analyseHost, type CheckedHost, listHosts } from "../../ide/analysis.ts";
import { watchHeap } from "../../platform/heap-watch.ts";
import { pathFates } from "../../remote/path-fates.ts";
import type { ConfiguredHost } from "../../remote/remote-command.ts";
import { factsJson } from "../../report/facts.ts";
import { type OpenedWorkspace, openWorkspace } from "../open-workspace.ts";
import { announce } from "../terminal.ts";
import type { Configuration } from "./open-configuration.ts";
import { persistChange } from "./persist-change.ts";

/** Opens the configuration in a folder. */
export async function openConfiguration(root: string): Promise<Configuration> {
  // The thread has such a limit, and is not to be lost by what outruns it.
  if (resourceLimits.maxOldGenerationSizeMb) watchHeap(resourceLimits.maxOldGenerationSizeMb);
  const opened = await openWorkspace([root]);
  try {
    announce("the list of hosts");
    const { hosts } = listHosts(opened.workspace);
    return {
      names: hosts.map(({ name }) => name),
      find(name) {
        const reference = hosts.find((host) => host.name === name);
        if (!reference) return undefined;
        announce(`the host \`${name}\` (${reference.entry})`);
        const result = analyseHost(opened.workspace, reference);
        announce(null);
        return "why" in result ? { why: result.why } : configured(result, opened);
      },
    };
  } finally {
    announce(null);
  }
}

function configured({ host }: CheckedHost, opened: OpenedWorkspace): ConfiguredHost {
  return {
    facts: factsJson(host, opened.locations()),
    fates: async (paths) => pathFates(host, paths),
    persist: async (entries, write) => persistChange(host, opened, entries, write),
  };
}
