import { isMeantElsewhere } from "../../host/rollback-target.ts";
import { defineRule } from "../rule.ts";

/** The script empties one subvolume, and another one is mounted at `/`. */
export const wipedSubvolumeIsNotTheRoot = defineRule({
  code: "IMP506",
  name: "wiped-subvolume-is-not-the-root",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
    if (!root?.fsType.known || root.fsType.value === "tmpfs" || host.ephemeralRoot.kind === "rollback") return;
    for (const rollback of host.rollbacks) {
      if (rollback.wipesRoot.answer !== "no" || rollback.runs.answer === "no" || rollback.wipes.length === 0) continue;
      if (root.fsType.value !== rollback.technique) continue;
      if (isMeantElsewhere(rollback, host.fileSystems)) continue;
      const wiped = rollback.wipes.map((name) => `\`${name}\``).join(", ");
      const other = rollback.device?.known && root.device.known ? rollback.device : undefined;
      if (other && root.subvolume?.known && rollback.wipes.includes(root.subvolume.value)) {
        report({
          at: other.place ?? rollback.place,
          message: `The script empties ${wiped} on \`${other.value}\`, and \`/\` is on \`${root.device.known ? root.device.value : ""}\`: these are two filesystems. Where the first is missing, the script fails and the root is never wiped; where it is there, it is data you keep.`,
          help: "Use the same device in both places.",
          related: [{ place: root.device.place ?? root.place, message: "the device of the root" }],
        });
        continue;
      }
      const mounted = root.subvolume?.known
        ? `\`${root.subvolume.value}\``
        : root.device.known
          ? `\`${root.device.value}\``
          : "another one";
      report({
        at: rollback.place,
        message: `The script empties ${wiped}, but what is mounted at \`/\` is ${mounted}. The root is never wiped, and what the script touches may be data you keep.`,
        help: `Use the same name in both places: empty ${mounted}, or mount ${wiped} at /.`,
        related: [{ place: root.subvolume?.place ?? root.place, message: `\`/\` mounts ${mounted}` }],
      });
    }
  },
});
