import type { Analysis, CheckedHost } from "../../ide/analysis.ts";
import { factsJson } from "../../report/facts.ts";
import { factsText } from "../../report/facts-text.ts";
import type { Locations } from "../../report/locations.ts";
import { colors } from "../../report/pretty.ts";
import { printableJson } from "../../report/printable.ts";
import type { FactsJson } from "../../report/schema.ts";
import { analyse } from "../analyse.ts";
import { openWorkspace } from "../open-workspace.ts";
import { useColor, write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `facts`: prints one host. */
export async function facts(
  paths: readonly string[],
  options: { host?: string; inputsFromStore?: boolean; format: "pretty" | "json"; stats?: boolean },
): Promise<number> {
  const { workspace, locations } = await openWorkspace(paths, options);
  const select = ({ name }: { name: string }) => options.host === undefined || name === options.host;
  const checked = theOne(analyse(workspace, { select }), options.host, locations());
  const json = factsJson(checked.host, locations());
  if (options.stats) json.statistics = statisticsOf(checked);
  write(options.format === "json" ? `${printableJson(json)}\n` : factsText(json, colors(useColor())));
  return 0;
}

function statisticsOf({ configuration, files }: CheckedHost): FactsJson["statistics"] {
  const { steps, missing } = configuration.cost;
  const byName = [...missing].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: files.size,
    steps,
    heapBytes: process.memoryUsage().heapUsed,
    missing: Object.fromEntries(byName),
  };
}

function theOne(
  { hosts, unchecked, problems }: Analysis,
  wanted: string | undefined,
  locations: Locations,
): CheckedHost {
  const all = [...hosts, ...unchecked].map(({ reference }) => reference);
  if (all.length > 1) {
    if (new Set(all.map(({ name }) => name)).size > 1)
      throw new UsageError(`there are several hosts (${all.map(({ name }) => name).join(", ")}); name one with --host`);
    const entries = all.map(({ entry }) => locations.shown(entry)).join(", ");
    throw new UsageError(`several hosts are called \`${all[0]?.name}\` (${entries}); give the folder of one`);
  }
  const [host] = hosts;
  if (host) return host;
  const [failed] = unchecked;
  if (failed) throw new UsageError(`the host \`${failed.reference.name}\` cannot be evaluated, because ${failed.why}`);
  const [problem] = problems;
  if (problem) throw new UsageError(`the hosts of \`${problem.entry}\` cannot be listed, because ${problem.why}`);
  throw new UsageError(
    wanted === undefined
      ? "no NixOS host was found here"
      : `there is no host \`${wanted}\`; \`nix-impermanence hosts\` lists them`,
  );
}
