import { analyseWorkspace, type CheckedHost } from "../../ide/analysis.ts";
import { factsJson } from "../../report/facts.ts";
import { factsText } from "../../report/facts-text.ts";
import { colors } from "../../report/pretty.ts";
import { openWorkspace } from "../open-workspace.ts";
import { useColor, write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `facts`: prints one host. */
export async function facts(
  paths: readonly string[],
  options: { host?: string; format: "pretty" | "json" },
): Promise<number> {
  const { workspace, locations } = await openWorkspace(paths);
  const analysis = analyseWorkspace(workspace, ({ name }) => options.host === undefined || name === options.host);
  const failed = analysis.unchecked[0];
  if (analysis.hosts.length === 0 && failed) {
    throw new UsageError(`the host \`${failed.reference.name}\` cannot be evaluated, because ${failed.why}`);
  }
  const json = factsJson(theOne(analysis.hosts, options.host).host, locations);
  write(options.format === "json" ? `${JSON.stringify(json, null, 2)}\n` : factsText(json, colors(useColor())));
  return 0;
}

function theOne(hosts: readonly CheckedHost[], wanted: string | undefined): CheckedHost {
  const [first, ...others] = hosts;
  if (!first) throw new UsageError(wanted ? `there is no host \`${wanted}\`` : "no NixOS host was found here");
  if (others.length > 0) {
    const names = hosts.map(({ host }) => host.name).join(", ");
    throw new UsageError(`there are several hosts (${names}); name one with --host`);
  }
  return first;
}
