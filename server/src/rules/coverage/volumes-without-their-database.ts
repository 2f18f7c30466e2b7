import { isBelow } from "../../host/paths.ts";
import { uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

const ENGINE = "/var/lib/containers/storage";

/** podman forgets volumes whose directories are still there, when its database is gone, and gives them to root when it makes them anew. */
export const volumesWithoutTheirDatabase = defineRule({
  code: "IMP422",
  name: "volumes-without-their-database",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (uncoveredLoss(host, `${ENGINE}/db.sql`).lost !== "yes") return;
    const seen = new Set<string>();
    for (const store of host.stores) {
      if (store.enabled.answer !== "yes") continue;
      for (const entry of store.directories) {
        if (entry.certain.answer !== "yes" || !isBelow(entry.path, ENGINE) || seen.has(entry.path)) continue;
        seen.add(entry.path);
        report({
          at: entry.place,
          message: `\`${entry.path}\` is persisted, but not the database of podman beside it (\`${ENGINE}/db.sql\`). After a reboot podman knows neither containers, secrets nor volumes. A volume is made anew once a container names it: what is in the directory stays, but the directory is given to root, and a container that runs as somebody else may not write there.`,
          help: `Persist \`/var/lib/containers\` as a whole, or give containers directories of your own as bind mounts (virtualisation.oci-containers … volumes = [ "/var/lib/app:/data" ]).`,
        });
      }
    }
  },
});
