import fs from "node:fs";
import path from "node:path";
import { analyseHost, type CheckedHost, listHosts } from "../../ide/analysis.ts";
import { pathFates } from "../../remote/path-fates.ts";
import type { ConfiguredHost } from "../../remote/remote-command.ts";
import { factsJson } from "../../report/facts.ts";
import { projectRoot } from "../../workspace/project-root.ts";
import { type OpenedWorkspace, openWorkspace } from "../open-workspace.ts";
import { announce } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { persistChange } from "./persist-change.ts";

/** The hosts of the configuration in a folder; each is evaluated when it is asked for. */
export interface Configuration {
  readonly names: readonly string[];
  /** Undefined when there is no such host, a reason when it cannot be evaluated. */
  find(name: string): ConfiguredHost | { readonly why: string } | undefined;
}

/** What a folder holds that was made to describe hosts. */
const ENTRIES = ["flake.nix", "hive.nix", "configuration.nix", "default.nix", "impermanence.json"];

/**
 * Opens the configuration in a folder or, for a folder inside of a flake, the flake around it. Undefined when
 * nobody named the folder and it has no entry: a home folder is not searched for some host of that name.
 *
 * @throws UsageError when the folder is not there
 */
export async function openConfiguration(folder: string, named: boolean): Promise<Configuration | undefined> {
  if (named && !fs.existsSync(folder)) throw new UsageError(`\`${folder}\` does not exist`);
  const root = projectRoot(path.join(path.resolve(folder), "*"));
  if (!named && !ENTRIES.some((name) => fs.existsSync(path.join(root, name)))) return undefined;
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
