import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { perItem } from "../../host/per-item.ts";
import { comesBeforeRoot } from "../../host/root-order.ts";
import { unitOfPath } from "../../host/unit-names.ts";
import { HARD, relationsOf, STARTED_BY, type UnitRelation } from "../reading/unit-relations.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A unit of the initrd that names a mount as the running system calls it, or the other way round. */
export const initrdMountOfTheHost = defineRule({
  code: "IMP537",
  name: "initrd-mount-of-the-host",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const named = namingMounts(host.units);
    if (named.length === 0 || mayBeSetByOwnModules(host)) return;
    for (const { unit, uses } of named) {
      if (unit.stage === "initrd" && usesSystemdInitrd(host.config, host.release).answer !== "yes") continue;
      for (const { relation, text, place } of uses) {
        const meant = unit.stage === "initrd" ? meantInInitrd(host, text) : meantInSystem(host, text);
        if (!meant) continue;
        const isHard = HARD.includes(relation);
        // What comes before the root is mounted cannot wait for what is mounted below it.
        const isEarly = unit.stage === "initrd" && unit.before.some((one) => comesBeforeRoot(one.text));
        report({
          at: place ?? unit.place,
          severity: isHard ? "error" : "warning",
          message: `\`${text}\` does not exist ${unit.stage === "initrd" ? `in the initrd: what is mounted at \`${meant.mountpoint}\` later is mounted below /sysroot there, by \`${meant.unit}\`` : `in the running system: below /sysroot is only what the initrd mounts, and here it is \`${meant.unit}\``}. ${consequence(unit, relation)}`,
          help: isEarly
            ? `Leave it out: \`${unit.name}\` runs before the root is mounted, and \`${meant.unit}\` comes after. What the script needs of \`${meant.mountpoint}\` it has to mount itself.`
            : `Write "${meant.unit}".`,
          related: [{ place: meant.place, message: `\`${meant.mountpoint}\` is mounted here` }],
          fixes: () =>
            isEarly
              ? []
              : offer(replaceStringAt(context, place, meant.unit), {
                  title: `Write ${meant.unit}`,
                  safety: "unsafe",
                  preferred: true,
                  note: `\`${unit.name}\` waits for the mount from then on.`,
                }),
        });
      }
    }
  },
});

function consequence({ name }: Unit, relation: string): string {
  if (HARD.includes(relation)) return `\`${name}\` requires a unit that is not there, and never starts.`;
  if (STARTED_BY.includes(relation)) return `Nothing starts \`${name}\` by it.`;
  return relation === "wants"
    ? `\`${name}\` starts nothing by it.`
    : `systemd passes over the order without a word: \`${name}\` does not wait for the mount, nor the mount for it.`;
}

/** The units that name mounts. */
const namingMounts = perItem((unit: Unit) => {
  if (unit.certain.answer !== "yes") return [];
  const uses = relationsOf(unit).filter(
    ({ text, relation }: UnitRelation) => text.endsWith(".mount") && relation !== "partOf",
  );
  return uses.length > 0 ? [{ unit, uses }] : [];
});

/** What the mount of a filesystem is called in the initrd, where only its later name is used. */
function meantInInitrd(host: Host, text: string) {
  if (text.startsWith("sysroot") || hasOwnMounts(host)) return undefined;
  const fs = host.fileSystems.find(
    ({ mountpoint, certain }) =>
      certain.answer === "yes" && mountpoint !== "/" && unitOfPath(mountpoint, "mount") === text,
  );
  if (!fs || fs.mountedInInitrd.answer !== "yes") return undefined;
  return { mountpoint: fs.mountpoint, unit: unitOfPath(`/sysroot${fs.mountpoint}`, "mount"), place: fs.place };
}

/** The same of a unit of the running system that says /sysroot. */
function meantInSystem({ fileSystems }: Host, text: string) {
  if (!text.startsWith("sysroot-")) return undefined;
  const fs = fileSystems.find(
    ({ mountpoint, certain }) =>
      certain.answer === "yes" && mountpoint !== "/" && unitOfPath(`/sysroot${mountpoint}`, "mount") === text,
  );
  return fs && { mountpoint: fs.mountpoint, unit: unitOfPath(fs.mountpoint, "mount"), place: fs.place };
}

/** Whether the initrd has, or may have, mount units of its own. */
function hasOwnMounts({ config }: Host): boolean {
  const systemd = config.at("boot", "initrd", "systemd");
  return ["mounts", "units", "packages", "automounts"].some((name) => systemd.child(name).isDefined() !== false);
}
