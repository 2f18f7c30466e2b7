import type { Host } from "../../host/host.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossOf, rootWipe, severityOfLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** The root is wiped, and nothing says what to keep. */
export const missingPersistence = defineRule({
  code: "IMP409",
  name: "missing-persistence",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const wipe = rootWipe(host);
    if (!wipe || host.stores.length > 0 || host.storesOpen !== undefined) return;
    // A host that gives /var and /etc filesystems of their own keeps its state without a module.
    if (lossOf(host, "/var/lib/nixos").lost !== "yes" || lossOf(host, "/etc/machine-id").lost !== "yes") return;
    const byDesign = isStateless(host);
    const isPartly = !byDesign && keepsServices(host);
    report({
      at: wipe.place,
      severity: byDesign || isPartly ? "information" : severityOfLoss(host, !wipe.works, "error"),
      message: `${byDesign ? "This host keeps nothing of its system; that is fine for a live image or an appliance. " : ""}${isPartly ? "Some services of this host keep their state on filesystems that nothing wipes; the rest has none. " : ""}The root is ${wipe.works ? "emptied at every boot" : "meant to be emptied at every boot"}, but no persistence is declared: neither \`environment.persistence\` (impermanence) nor \`preservation.preserveAt\`. Users' ids, the machine-id, ${isPartly ? "and what else is on the root" : "host keys and the state of services"} ${wipe.works ? "are" : "would be"} gone after a reboot. Copying directories in the wipe script is no persistence: what changes afterwards is not copied.`,
      help: 'Import impermanence or preservation and list what to keep: environment.persistence."/persist" = { directories = [ "/var/lib/nixos" "/var/lib/systemd" "/var/log" ]; files = [ "/etc/machine-id" ]; };',
    });
  },
});

/** Whether the state of a service survives without a module: somebody gave it a filesystem, or moved it to one. */
function keepsServices(host: Host): boolean {
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer === "yes" && state.some(({ kind, fate }) => kind === "state" && fate.survives.answer === "yes"),
  );
}
