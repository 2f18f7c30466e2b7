import type { Analysis, CheckedHost } from "../../ide/analysis.ts";
import { factsJson } from "../../report/facts.ts";
import { factsText } from "../../report/facts-text.ts";
import { colors } from "../../report/pretty.ts";
import { analyse } from "../analyse.ts";
import { openWorkspace } from "../open-workspace.ts";
import { useColor, write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `facts`: prints one host. */
export async function facts(
  paths: readonly string[],
  options: { host?: string; format: "pretty" | "json" },
): Promise<number> {
  const { workspace, locations } = await openWorkspace(paths);
  const select = ({ name }: { name: string }) => options.host === undefined || name === options.host;
  const json = factsJson(theOne(analyse(workspace, { select }), options.host).host, locations());
  write(options.format === "json" ? `${JSON.stringify(json, null, 2)}\n` : factsText(json, colors(useColor())));
  return 0;
}

function theOne({ hosts, unchecked, problems }: Analysis, wanted: string | undefined): CheckedHost {
  const names = [...hosts, ...unchecked].map(({ reference }) => reference.name);
  if (names.length > 1) throw new UsageError(`there are several hosts (${names.join(", ")}); name one with --host`);
  const [host] = hosts;
  if (host) return host;
  const [failed] = unchecked;
  if (failed) throw new UsageError(`the host \`${failed.reference.name}\` cannot be evaluated, because ${failed.why}`);
  const [problem] = problems;
  if (problem) throw new UsageError(`the hosts of \`${problem.entry}\` cannot be listed, because ${problem.why}`);
  throw new UsageError(wanted === undefined ? "no NixOS host was found here" : `there is no host \`${wanted}\``);
}
