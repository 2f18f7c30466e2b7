import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { lateMounts } from "../reading/late-mounts.ts";
import { landsOn, lateWriters } from "../reading/late-writers.ts";
import { waitsForMount } from "../reading/mount-requirements.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { relationsOf } from "../reading/unit-relations.ts";
import { rootWipe } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A backup or a service writes below a disk that may be missing, and does not wait for it. */
export const writerWithoutItsMount = defineRule({
  code: "IMP321",
  name: "writer-without-its-mount",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const wipe = rootWipe(host);
    if (!wipe) return;
    const mounts = lateMounts(host);
    if (mounts.length === 0) return;
    const said = new Set<string>();
    for (const writer of lateWriters(host)) {
      const mount = mounts
        .filter(({ fs }) => host.fileSystemAt(writer.path) === fs)
        .filter(({ fs }) => landsOn(writer, fs.mountpoint) || isMadeMeanwhile(host, writer.path, fs.mountpoint))
        .at(0);
      if (!mount || host.fateOf(writer.path).persisted) continue;
      const { mountpoint, place } = mount.fs;
      if (said.has(`${writer.unit} ${mountpoint}`)) continue;
      const units = unitsOf(host, writer.unit);
      if (units.some((unit) => isBound(unit) || waitsForMount(unit, [mountpoint]))) continue;
      said.add(`${writer.unit} ${mountpoint}`);
      const option = ["systemd", "services", writer.unit, "unitConfig", "RequiresMountsFor"];
      context.report({
        at: writer.place,
        message:
          writer.reads === undefined
            ? `\`${writer.unit}\` writes to \`${writer.path}\`, and \`${mountpoint}\` ${mount.why}. Nothing makes the service wait for it: while it is missing it ${writer.effect}, on the root, and ${wipe.works ? "the next wipe takes that" : "a wipe takes that once it works"}.`
            : `\`${writer.unit}\` makes a copy equal to \`${writer.path}\` (\`${writer.reads}\`), and \`${mountpoint}\` ${mount.why}. Nothing makes the service wait for it: while it is missing it finds an empty directory, and ${writer.effect}.`,
        help: `Let it start only with the mount: systemd.services.${quoted(writer.unit)}.unitConfig.RequiresMountsFor = "${mountpoint}";`,
        related: [{ place, message: `\`${mountpoint}\` is declared here` }],
        fixes: () =>
          mount.isByHand || SEVERAL.has(writer.unit)
            ? []
            : offer(setOption(context, option, `"${mountpoint}"`), {
                title: `Let ${writer.unit} require ${mountpoint}`,
                safety: "safe",
                preferred: true,
              }),
      });
    }
  },
});

/**
 * Whether tmpfiles makes a directory below a mount point, which it does on the root when nothing is mounted there: it runs
 * after local-fs.target, which such mounts do not belong to.
 */
function isMadeMeanwhile(host: Host, path: string, mountpoint: string): boolean {
  return tmpfilesRules(host).some(
    (rule) => /^[dDvqQe]/.test(rule.type) && rule.path === path && isBelow(path, mountpoint),
  );
}

/** Modules that make a unit for each database. */
const SEVERAL = new Set(["postgresqlBackup"]);

function unitsOf({ units }: Host, name: string): readonly Unit[] {
  const system = units.filter(({ stage }) => stage === "system");
  return system.filter((unit) =>
    SEVERAL.has(name) ? unit.name === name || unit.name.startsWith(`${name}-`) : unit.name === name,
  );
}

/** Whether it comes and goes with a device or a mount, or looks at what is mounted. */
function isBound(unit: Unit): boolean {
  return (
    unit.certain.answer === "unknown" ||
    unit.conditions.some(({ text }) => text === undefined) ||
    unit.conditions.some(({ name }) => /Path|Exec/.test(name)) ||
    relationsOf(unit).some(
      ({ relation, text }) => !/^(after|before)$/.test(relation) && /\.(mount|device)$/.test(text),
    ) ||
    unit.scripts.some(({ text }) => /\bmountpoint\b|\bfindmnt\b|\bmount\b/.test(text))
  );
}

function quoted(name: string): string {
  return /^[\w'-]+$/.test(name) ? name : `"${name}"`;
}
