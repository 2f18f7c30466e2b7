import { mergeEdits } from "../../edits/combine-plans.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf } from "../../host/read-values.ts";
import { escapePart, meantDevice, pathOfUnit, unitOfPath } from "../../host/unit-names.ts";
import { HARD, relationsOf, STARTED_BY } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** The name of a unit for a path whose hyphens are not escaped, so that it stands for another path. */
export const unescapedUnitName = defineRule({
  code: "IMP713",
  name: "unescaped-unit-name",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    // Most units name the same few targets.
    const known = new Map<string, ReturnType<typeof meantName>>();
    const meantBy = (text: string) => {
      if (!known.has(text)) known.set(text, meantName(host, text));
      return known.get(text);
    };
    for (const { unit, uses, escaped } of withEscapes(host.units)) {
      for (const { relation, text, place } of escaped) {
        const meant = meantBy(text);
        if (!meant) continue;
        const others = uses.filter((use) => use.text === text && !isSame(use.place, place));
        const isHard = HARD.includes(relation) || STARTED_BY.includes(relation);
        report({
          at: place ?? unit.place,
          severity: isHard ? "error" : "warning",
          message: `\`${text}\` ${meant.why}. ${consequence(unit, relation, text)}`,
          help: `Write "${meant.name.replaceAll("\\", "\\\\")}" (\`systemd-escape\` makes it), or let \`utils.escapeSystemdPath\` make the name.`,
          related: others.map((use) => ({ place: use.place, message: "the same name here" })),
          fixes: (): readonly FixPlan[] =>
            offer(
              mergeEdits(
                ...[place, ...others.map((use) => use.place)].map((at) => replaceStringAt(context, at, meant.name)),
              ),
              {
                title: `Write ${meant.name}`,
                safety: "unsafe",
                note: `The unit \`${unit.name}\` waits for it, and runs, from then on.`,
              },
            ),
        });
      }
    }
  },
});

interface Use {
  readonly text: string;
  readonly place: Place | undefined;
}

/** The units that name some of which a part may have to be escaped: a device, a mount or a disk that is opened. */
const withEscapes = perItem((unit: Unit) => {
  const uses = relationsOf(unit);
  // Of several relations to one name, the first of the list has the hardest consequence.
  const first = uses.filter((use, index) => isFirst(use, index, uses));
  const escaped = first.filter(({ text }) => /\.(device|mount|automount)$|^systemd-cryptsetup@/.test(text));
  return escaped.length > 0 ? [{ unit, uses, escaped }] : [];
});

function isFirst(use: Use, index: number, uses: readonly Use[]): boolean {
  return uses.findIndex(({ text }) => text === use.text) === index;
}

/** Relations often share one list. */
function isSame(a: Place | undefined, b: Place | undefined): boolean {
  return a?.file === b?.file && a?.start === b?.start;
}

function consequence({ name }: Unit, relation: string, text: string): string {
  if (STARTED_BY.includes(relation)) return `Nothing starts \`${name}\`.`;
  if (HARD.includes(relation))
    return text.endsWith(".device")
      ? `\`${name}\` waits for it until the time runs out (90 seconds), fails, and is never run.`
      : `\`${name}\` requires a unit that does not exist, and is never started.`;
  return `\`${name}\` is not ordered by it.`;
}

/** What a name was meant to be, and what it is instead; undefined for names that may be right. */
function meantName(host: Host, name: string): { readonly name: string; readonly why: string } | undefined {
  const device = meantDevice(name);
  if (device !== undefined) {
    const why = `is the unit of \`${pathOfUnit(name)}\`, which never exists: a hyphen in the name of a unit is a slash, and a hyphen of the path is written \\x2d. The unit of \`${device}\` is meant`;
    return { name: unitOfPath(device, "device"), why };
  }
  return meantMount(host, name) ?? meantDisk(host, name);
}

/** The unit of a mount point that the host has, with its hyphens as they are. */
function meantMount(host: Host, name: string): { readonly name: string; readonly why: string } | undefined {
  const type = /\.(mount|automount)$/.exec(name)?.[1];
  if (type === undefined || !name.includes("-") || host.fileSystemsOpen !== undefined) return undefined;
  const path = pathOfUnit(name);
  const inInitrd = path.startsWith("/sysroot/");
  const sought = inInitrd ? path.slice("/sysroot".length) : path;
  const mountpoints = host.fileSystems.map(({ mountpoint }) => mountpoint);
  if (mountpoints.includes(sought)) return undefined;
  const meant = mountpoints.find((mountpoint) => mountpoint.replaceAll("-", "/") === sought);
  if (meant === undefined) return undefined;
  const why = `is the unit of \`${path}\`, where nothing is mounted: a hyphen in the name of a unit is a slash, and a hyphen of the path is written \\x2d. The unit of \`${inInitrd ? "/sysroot" : ""}${meant}\` is meant`;
  return { name: unitOfPath(`${inInitrd ? "/sysroot" : ""}${meant}`, type), why };
}

/** The unit that opens a disk which the host opens under a name with hyphens. */
function meantDisk(host: Host, name: string): { readonly name: string; readonly why: string } | undefined {
  const instance = /^systemd-cryptsetup@([^\\]*-[^\\]*)\.service$/.exec(name)?.[1];
  if (instance === undefined) return undefined;
  const opened = childrenOf(host.config.at("boot", "initrd", "luks", "devices")).map((child) => child.name);
  const mapped = host.fileSystems.flatMap(({ device }) =>
    device.known && device.value.startsWith("/dev/mapper/") ? [device.value.slice("/dev/mapper/".length)] : [],
  );
  if (!opened.includes(instance) && !mapped.includes(instance)) return undefined;
  const why = `is no unit: the one that opens \`${instance}\` has the hyphens of that name escaped`;
  return { name: `systemd-cryptsetup@${escapePart(instance)}.service`, why };
}
