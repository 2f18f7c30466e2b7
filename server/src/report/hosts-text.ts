import { printableData } from "./printable.ts";
import type { HostsJson } from "./schema.ts";

/** The hosts of a workspace, one a line. */
export function hostsText(given: HostsJson): string {
  const { hosts, notChecked } = printableData(given);
  if (hosts.length + notChecked.length === 0) return "No NixOS host was found here.\n";
  const width = Math.max(4, ...[...hosts, ...notChecked].map(({ name }) => name?.length ?? 0));
  const lines = [
    ...hosts.map(({ name, entry, impermanent, root, findings }) => {
      const kind = `${impermanent ? "impermanent, " : ""}root: ${root}`;
      return `${name.padEnd(width)}  ${entry}  ${kind}, ${findings} finding${findings === 1 ? "" : "s"}`;
    }),
    ...notChecked.map(
      ({ name, entry, why }) => `${(name ?? "?").padEnd(width)}  ${entry}  cannot tell, because ${why}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
