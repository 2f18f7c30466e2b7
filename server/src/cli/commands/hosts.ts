import { hostsJson } from "../../report/check-json.ts";
import { hostsText } from "../../report/hosts-text.ts";
import { printableJson } from "../../report/printable.ts";
import { analyse } from "../analyse.ts";
import { openWorkspace } from "../open-workspace.ts";
import { write } from "../terminal.ts";

/** `hosts`: 0 when at least one host is found, else 1. */
export async function hosts(
  paths: readonly string[],
  options: { format: "pretty" | "json"; inputsFromStore?: boolean },
): Promise<number> {
  const { workspace, locations } = await openWorkspace(paths, options);
  const json = hostsJson(analyse(workspace), locations());
  write(options.format === "json" ? `${printableJson(json)}\n` : hostsText(json));
  return json.hosts.length > 0 ? 0 : 1;
}
