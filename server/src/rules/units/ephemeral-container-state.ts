import type { ServiceState } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { isNamed, nameAt } from "../../host/read-values.ts";
import { bindAt, nixosContainers, placeOfContainer } from "../reading/nixos-containers.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A container whose root is thrown away when it stops, with a service whose data is in it. */
export const ephemeralContainerState = defineRule({
  code: "IMP727",
  name: "ephemeral-container-state",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const containers = nixosContainers(host.config);
    if (containers.length === 0 || mayBeSetByOwnModules(host)) return;
    for (const container of containers) {
      if (container.isEphemeral !== true || container.bindsOpen) continue;
      const lost = container.services.flatMap(({ enable, place, state }) => {
        const kept = state.filter((one) => isMissed(one) && !isBound(one.path) && !isBound(one.link));
        return kept.length > 0 ? [{ enable, place, state: kept }] : [];
      });
      const [first, ...others] = lost;
      const [state] = first?.state ?? [];
      if (!first || !state) continue;
      report({
        at: isNamed(container.node, "ephemeral")
          ? nameAt(container.node.child("ephemeral"))
          : placeOfContainer(container),
        message: `The container \`${container.name}\` is ephemeral: its root is thrown away whenever it stops. \`${state.link ?? state.path}\`, where ${first.enable.replace(/^.*?\.config\./, "").replace(/\.enable$/, "")} keeps its data, is in it, and no bind mount is there. ${others.length > 0 ? `The same goes for ${others.length} other ${others.length === 1 ? "service" : "services"} in it.` : "Everything in it is gone after a restart."}`,
        help: `Remove ephemeral, or mount a directory that is kept: bindMounts."${state.link ?? state.path}" = { hostPath = "…"; isReadOnly = false; }.`,
        related: lost.slice(0, 4).map(({ place }) => ({ place, message: "switched on here" })),
      });

      function isBound(path: string | undefined): boolean {
        if (path === undefined) return false;
        // What is kept of a directory is what matters in it: `/var/lib/postgresql/17`.
        return bindAt(container, path) !== undefined || container.binds.some(({ inside }) => isBelow(inside, path));
      }
    }
  },
});

/** Databases, and what nobody can make again; the rest of what an ephemeral container forgets may be meant. */
function isMissed({ kind, little, perhapsCache, database, irreplaceable }: ServiceState): boolean {
  return kind === "state" && !little && !perhapsCache && (database || irreplaceable === "data");
}
