import { printableData } from "./printable.ts";
import type { HostsJson } from "./schema.ts";

/** The hosts of a workspace, one a line. */
export function hostsText(given: HostsJson): string {
  const { hosts, notChecked } = printableData(given);
  if (hosts.length + notChecked.length === 0) return "No NixOS host was found here.\n";
  const entries = [...hosts, ...notChecked];
  const width = Math.max(4, ...entries.map(({ name }) => name?.length ?? 0));
  const entryWidth = Math.max(...entries.map(({ entry }) => entry.length));
  const start = (name: string | undefined, entry: string) =>
    `${(name ?? "?").padEnd(width)}  ${entry.padEnd(entryWidth)}`;
  const lines = [
    ...hosts.map(
      ({ name, entry, impermanent, root, findings }) =>
        `${start(name, entry)}  ${kind(impermanent, root)}, ${findings} finding${findings === 1 ? "" : "s"}`,
    ),
    ...notChecked.map(({ name, entry, why }) => `${start(name, entry)}  cannot tell, because ${why}`),
  ];
  return `${lines.join("\n")}\n`;
}

function kind(impermanent: boolean, root: string): string {
  if (!impermanent) return `root: ${root}`;
  // It has a store or a rollback that does not run: people must not take it for a host whose root is emptied.
  return root === "not emptied"
    ? "meant to be impermanent, but nothing empties the root"
    : `impermanent, root: ${root}`;
}
