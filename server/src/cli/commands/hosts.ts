import { analyseWorkspace } from "../../ide/analysis.ts";
import { hostsJson } from "../../report/check-json.ts";
import { openWorkspace } from "../open-workspace.ts";
import { write } from "../terminal.ts";

/** `hosts`: 0 when at least one host is found, else 1. */
export async function hosts(paths: readonly string[], options: { format: "pretty" | "json" }): Promise<number> {
  const { workspace, locations } = await openWorkspace(paths);
  const json = hostsJson(analyseWorkspace(workspace), locations);
  if (options.format === "json") write(`${JSON.stringify(json, null, 2)}\n`);
  else {
    const width = Math.max(4, ...json.hosts.map(({ name }) => name.length));
    for (const host of json.hosts) {
      const kind = host.impermanent ? `impermanent, root: ${host.root}` : `root: ${host.root}`;
      write(
        `${host.name.padEnd(width)}  ${host.entry}  ${kind}, ${host.findings} finding${host.findings === 1 ? "" : "s"}\n`,
      );
    }
    for (const { name, entry, why } of json.notChecked)
      write(`${(name ?? "?").padEnd(width)}  ${entry}  cannot tell, because ${why}\n`);
    if (json.hosts.length + json.notChecked.length === 0) write("No NixOS host was found here.\n");
  }
  return json.hosts.length > 0 ? 0 : 1;
}
