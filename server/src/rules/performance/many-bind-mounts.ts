import type { PersistedPath, Store } from "../../host/host.ts";
import { defineRule } from "../rule.ts";

const MANY = 100;
const SIBLINGS = 10;

/** Each persisted path is a mount, and all of systemd's programs read all mounts. */
export const manyBindMounts = defineRule({
  code: "IMP901",
  name: "many-bind-mounts",
  group: "performance",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const stores = host.stores.filter(({ enabled }) => enabled.answer === "yes");
    const entries = stores.flatMap(mountsOf);
    if (entries.length <= MANY) return;
    const counts = new Map<string, number>();
    for (const { path } of entries) {
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (parent !== "") counts.set(parent, (counts.get(parent) ?? 0) + 1);
    }
    const [parent, siblings] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ["", 0]);
    const largest = stores.reduce((most, store) => (mountsOf(store).length > mountsOf(most).length ? store : most));
    report({
      at: largest.place,
      message: `${entries.length} paths are persisted one by one, each with a mount and a unit of its own. Every change of a mount makes systemd and what watches mounts read all of them again, so that boot, login and rebuilds take longer with each.`,
      help: `Persist a directory in place of its parts${siblings > SIBLINGS ? `: \`${parent}\` alone holds ${siblings} of them` : ""}. With preservation, how = "symlink" makes no mount.`,
    });
  },
});

function mountsOf({ directories, files }: Store): PersistedPath[] {
  return [...directories, ...files].filter(({ certain, linked }) => certain.answer === "yes" && !linked);
}
