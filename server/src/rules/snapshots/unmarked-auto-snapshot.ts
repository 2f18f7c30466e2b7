import { childrenOf, openOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

const PROPERTY = "com.sun:auto-snapshot";

/** `services.zfs.autoSnapshot` on pools of which no dataset asks for snapshots. */
export const unmarkedAutoSnapshot = defineRule({
  code: "IMP618",
  name: "unmarked-auto-snapshot",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const enabled = readBoolean(host.config.at("services", "zfs", "autoSnapshot", "enable"));
    if (!enabled?.known || !enabled.value) return;
    const pools = host.config.at("disko", "devices", "zpool");
    const all = childrenOf(pools);
    // Pools that disko does not make may have the property by hand.
    const names = new Set(all.map(({ name }) => name));
    const isWhole = host.fileSystems.every(
      ({ fsType, device }) =>
        (fsType.known && fsType.value !== "zfs") || (device.known && names.has(device.value.split("/")[0] ?? "")),
    );
    if (all.length === 0 || openOf(pools) || !isWhole || host.fileSystemsOpen !== undefined) return;
    if (host.scripts.some(({ text }) => text.includes(PROPERTY))) return;
    const sets = all.flatMap(({ node }) => [
      node.child("rootFsOptions"),
      ...childrenOf(node.child("datasets")).map((dataset) => dataset.node.child("options")),
    ]);
    if (sets.some(mayAsk)) return;
    report({
      at: enabled.place,
      message: `No dataset of disko's layout asks for snapshots: \`services.zfs.autoSnapshot\` takes them only of those with \`${PROPERTY}=true\`, and the layout sets that nowhere. Unless it was set by hand, or on a pool that disko does not make, the timers run and there is never a snapshot.`,
      help: `Set options."${PROPERTY}" = "true" for the datasets to keep (and zfs set ${PROPERTY}=true DATASET on the running host: disko changes nothing after the installation).`,
      related: all.map(({ node }) => ({ place: node.definitions()[0]?.place, message: "the pool" })).slice(0, 3),
    });
  },
});

/** Whether it sets the property, or may. */
function mayAsk(options: OptionNode): boolean {
  if (openOf(options)) return true;
  const value = readString(options.child(PROPERTY));
  return value !== undefined && (!value.known || value.value !== "false");
}
