import { cleanSubvolume } from "../../host/subvolume.ts";
import { defineRule } from "../rule.ts";

/** A subvolume that is mounted elsewhere, and lies inside the one that the rollback moves or deletes. */
export const keptSubvolumeInsideRoot = defineRule({
  code: "IMP516",
  name: "kept-subvolume-inside-root",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      if (rollback.technique === "zfs" || rollback.runs.answer === "no" || rollback.wipesRoot.answer !== "yes")
        continue;
      const names = rollback.wipes.map(cleanSubvolume).filter((name) => name !== "");
      for (const fs of host.fileSystems) {
        const { mountpoint, subvolume, certain, fsType } = fs;
        if (mountpoint === "/" || certain.answer !== "yes" || !subvolume?.known) continue;
        if (fsType.known && fsType.value !== rollback.technique) continue;
        const outer = names.find((name) => subvolume.value.startsWith(`${name}/`));
        if (outer === undefined) continue;
        const isMoved = rollback.method === "move-to-archive";
        report({
          at: subvolume.place ?? fs.place,
          message: `\`${mountpoint}\` is the subvolume \`${subvolume.value}\`, which lies inside \`${outer}\`: the rollback ${isMoved ? "moves it away with the old root" : "deletes it with the root, or fails because of it"}. From then on nothing is found under that name, and the host ${mountpoint === "/nix" || mountpoint.startsWith("/nix/") ? "does not boot" : `has no \`${mountpoint}\``}${isMoved ? "; what is in it goes when old roots are deleted" : ""}.`,
          help: `Make it a subvolume beside \`${outer}\`, not below it: \`${subvolume.value.slice(outer.length + 1)}\`.`,
          related: [{ place: rollback.place, message: `empties \`${outer}\` at every boot` }],
        });
      }
    }
  },
});
