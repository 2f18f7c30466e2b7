import type { Host, Rollback } from "../../host/host.ts";
import { childrenOf, readBoolean, readString } from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { isTakenBySanoid } from "../reading/sanoid-datasets.ts";
import { defineRule } from "../rule.ts";

/** `zfs rollback` without `-r` to a snapshot that is not the last one of a dataset. */
export const rollbackBehindSnapshots = defineRule({
  code: "IMP517",
  name: "rollback-behind-snapshots",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      if (rollback.technique !== "zfs" || rollback.runs.answer === "no") continue;
      const { script } = rollback;
      const { storage, scope } = commandsOf(script);
      for (const command of storage) {
        if (command.kind !== "zfs-rollback" || command.destroysLater) continue;
        const dataset = resolveWord(command.target, scope).value?.split("@")[0];
        const taker = dataset === undefined ? undefined : takerOf(host, dataset);
        if (!taker) continue;
        report({
          at: script.placeOf(command.target.start, command.target.end) ?? script.place,
          message: `\`zfs rollback\` without \`-r\` goes back to the last snapshot only, and ${taker.who} takes snapshots of \`${dataset}\`: "more recent snapshots or bookmarks exist". The root is ${consequence(rollback)}.`,
          help: `Write \`zfs rollback -r\`, which deletes the later ones, or take no snapshots of a root that is thrown away.`,
          related: [{ place: taker.place, message: "snapshots are taken here" }],
        });
      }
    }
  },
});

function consequence({ stage }: Rollback): string {
  return stage === "initrd-scripted"
    ? "not emptied from the first of them on, and the boot goes on without a word"
    : "not emptied from the first of them on; where the boot requires the unit, the host does not start";
}

/** Who takes snapshots of a dataset: sanoid, also through one above that is recursive, or NixOS' own timers. */
function takerOf(host: Host, dataset: string) {
  const sanoid = host.snapshotJobs.find((job) => isTakenBySanoid(host, job, dataset));
  if (sanoid) return { who: "sanoid", place: sanoid.place };
  // zfs-auto-snapshot takes datasets that say so; disko's options are where a configuration can say it.
  const auto = readBoolean(host.config.at("services", "zfs", "autoSnapshot", "enable"));
  if (!auto?.known || !auto.value) return undefined;
  for (const { name: pool, node } of childrenOf(host.config.at("disko", "devices", "zpool"))) {
    for (const { name, node: own } of childrenOf(node.child("datasets"))) {
      const flag = readString(own.at("options", "com.sun:auto-snapshot"));
      if (`${pool}/${name}` === dataset && flag?.known && flag.value === "true") {
        return { who: "services.zfs.autoSnapshot", place: flag.place };
      }
    }
  }
  return undefined;
}
