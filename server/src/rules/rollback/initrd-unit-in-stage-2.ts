import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { defineRule } from "../rule.ts";

const INITRD_TARGET = /^initrd[\w-]*\.target$/;
const SYSROOT = "sysroot.mount";

/** A unit of the running system that waits for the initrd: it never starts. */
export const initrdUnitInStage2 = defineRule({
  code: "IMP501",
  name: "initrd-unit-in-stage-2",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const unit of namingInitrd(host.units)) {
      const { wantedBy, requiredBy } = unit;
      const wanted = [...wantedBy, ...requiredBy].filter(({ text }) => INITRD_TARGET.test(text));
      const before = unit.before.filter(({ text }) => text === SYSROOT);
      // A unit that something else starts does run; only its ordering is idle.
      const others = wantedBy.length + requiredBy.length - wanted.length;
      const [first] = wanted;
      if (!first && (before.length === 0 || others > 0)) continue;
      if (first && others > 0) continue;
      const rollback = host.rollbacks.find(({ stage, option }) => stage === "stage-2" && option.includes(unit.name));
      const name = first?.text ?? before[0]?.text;
      const wipes =
        rollback !== undefined || unit.scripts.some(({ text }) => /subvolume|\brollback\b|\bmkfs/.test(text));
      const attribute = /^[A-Za-z_][\w'-]*$/.test(unit.name) ? unit.name : `"${unit.name}"`;
      report({
        severity: wipes ? "error" : "warning",
        at: first?.place ?? before[0]?.place ?? unit.place,
        message: `\`${unit.name}\` is a service of the running system, but ${first ? `only \`${name}\` pulls it in` : `it is ordered before \`${name}\``}, which exists in the initrd alone. The unit never starts${rollback ? ", so the root is never wiped" : ""}.`,
        help: wipes
          ? `Declare it as boot.initrd.systemd.services.${attribute}, with boot.initrd.systemd.enable = true, unitConfig.DefaultDependencies = false, after the device and before sysroot.mount. The script then has to mount the top level (subvolid=5) itself: the root is not mounted yet.`
          : `If it is to run in the initrd, declare it as boot.initrd.systemd.services.${attribute}, with boot.initrd.systemd.enable = true; what is mounted at /X later is /sysroot/X there. Otherwise start it in the running system: wantedBy = [ "multi-user.target" ].`,
        related: [{ place: unit.place, message: "declared as a service of the running system" }],
      });
    }
  },
});

const namingInitrd = perItem((unit: Unit): readonly Unit[] => {
  const named = unit.stage === "system" ? [...unit.wantedBy, ...unit.requiredBy, ...unit.before] : [];
  return named.some(({ text }) => text === SYSROOT || INITRD_TARGET.test(text)) ? [unit] : [];
});
