import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, Rollback, Unit } from "../../host/host.ts";
import {
  type Item,
  itemNode,
  nameAt,
  read,
  readBoolean,
  readItems,
  readString,
  readTexts,
} from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { forbidsHibernation } from "../reading/hibernation.ts";
import { hasOnlyRandomSwap } from "../reading/random-swaps.ts";
import { diskoSwaps, mayHaveSwap } from "../reading/swap-files.ts";
import { isWithoutDefaults } from "../reading/unit-relations.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule, type RuleContext, type Severity } from "../rule.ts";

const RESUME = "systemd-hibernate-resume.service";

/** A rollback that changes a filesystem before, or while, the initrd looks for a sleeping system that has it mounted. */
export const rollbackBeforeResume = defineRule({
  code: "IMP508",
  name: "rollback-before-resume",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const sleep = sleepOf(host);
    if (!sleep) return;
    const systemd = readBoolean(host.config.at("boot", "initrd", "systemd", "enable"));
    for (const rollback of host.rollbacks) {
      if (rollback.stage === "initrd-systemd") checkUnit(context, rollback, sleep);
      // A host with systemd in its initrd does not build with such a hook, which another rule says.
      else if (rollback.stage === "initrd-scripted" && !(systemd?.known && systemd.value)) {
        checkHook(context, rollback, sleep);
      }
    }
  },
});

/** What says that the host resumes from hibernation. */
interface Sleep {
  /** An option names the device; otherwise there is only swap to sleep in. */
  readonly isMeant: boolean;
  readonly place: Place | undefined;
  /** All the swap that is seen is in files: the scripted initrd resumes from devices only, unless it is told where. */
  readonly inFile: boolean;
}

/** Undefined for hosts that never hibernate: they say so, or have nothing to sleep in. */
function sleepOf(host: Host): Sleep | undefined {
  const kernel = readTexts(host.config.at("boot", "kernelParams")).texts;
  if (kernel.some(({ text }) => text === "noresume") || forbidsHibernation(host)) return undefined;
  // Whatever it is told to resume from, there is no image that could be read.
  if (hasOnlyRandomSwap(host)) return undefined;
  const device = readString(host.config.at("boot", "resumeDevice"));
  const parameter = kernel.find(({ text }) => /^resume=./.test(text));
  if (device?.known && device.value !== "") {
    // Resuming from a filesystem takes a swap file there.
    const isEmpty = holdsFiles(host, device.value) && !mayBeSetByOwnModules(host) && !mayHaveSwap(host);
    return isEmpty ? undefined : { isMeant: true, place: device.place, inFile: false };
  }
  if (parameter) return { isMeant: true, place: parameter.place, inFile: false };
  const ofDisko = diskoSwaps(host.config).find(({ node }) => isOn(node.child("resumeDevice")));
  if (ofDisko) return { isMeant: true, place: nameAt(ofDisko.node.child("resumeDevice")), inFile: false };
  const swap = sleepsIn(host.config);
  return swap && { isMeant: false, place: swap.place, inFile: !isDevice(swap, host.config) };
}

/** Whether a device is that of a filesystem, and no swap itself. */
function holdsFiles({ fileSystems, layouts }: Host, device: string): boolean {
  const names = [
    ...fileSystems.map((fs) => (fs.device.known ? fs.device.value : undefined)),
    ...layouts.flatMap(({ device: own, label }) => [own.known ? own.value : undefined, `/dev/disk/by-label/${label}`]),
  ];
  return names.includes(device);
}

/** Whether the initrd is certainly the scripted one: by its switch or by the release. */
function isScripted({ config, release }: Host): boolean {
  const systemd = readBoolean(config.at("boot", "initrd", "systemd", "enable"));
  return systemd !== undefined || (release.nixos !== undefined && release.nixos < "26.05");
}

/** The scripted initrd runs these hooks before it resumes. */
function checkHook({ host, report }: RuleContext, rollback: Rollback, sleep: Sleep): void {
  const hook = rollback.option.at(-1) ?? "";
  const isOld = isScripted(host);
  if (!/^(preDevice|preLVM|postDevice)Commands$/.test(hook) || sleep.inFile) return;
  report({
    at: firstChange(rollback),
    severity: sleep.isMeant ? "error" : "information",
    message: `\`boot.initrd.${hook}\` runs before the initrd resumes from hibernation. The rollback then changes a filesystem that the sleeping system still has mounted, and resuming corrupts it.${sleep.isMeant ? "" : " This host has swap to hibernate to, and resumes from it without further settings."}${isOld ? "" : " So it is with a scripted initrd; since NixOS 26.05 that is no longer the default, and systemd's refuses the hook."}`,
    help: "Move the script to boot.initrd.postResumeCommands, which runs only when nothing was resumed. A host that never hibernates can say so: boot.kernelParams = [ “nohibernate” ].",
    related: whereFrom(sleep),
  });
}

/** In systemd's initrd, what is not ordered after the attempt to resume runs beside it. */
function checkUnit(context: RuleContext, rollback: Rollback, sleep: Sleep): void {
  const { host, report } = context;
  const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
  if (
    !unit ||
    rollback.runs.answer !== "yes" ||
    failsOrMisses(host, rollback) ||
    !runsBesideResume(host, unit, new Set())
  )
    return;
  const severity: Severity = sleep.isMeant ? "error" : "hint";
  report({
    at: firstChange(rollback),
    severity,
    message: `Nothing puts \`${unit.name}\` after \`${RESUME}\`, so both start as soon as their devices are there. When the host wakes from hibernation, the script changes a filesystem that the sleeping system still has mounted, and resuming corrupts it.${sleep.isMeant ? "" : " This host has swap to hibernate to."}`,
    help: `Add "${RESUME}" to its after. The unit is skipped when there is nothing to resume from. A host that never hibernates can say so: boot.kernelParams = [ “nohibernate” ].`,
    related: [{ place: unit.place, message: "the unit is declared here" }, ...whereFrom(sleep)],
    fixes: () => orderAfterResume(context, unit),
  });
}

/** Whether it changes nothing, or something of which it is not known whether a sleeping system has it mounted. */
function failsOrMisses({ fileSystems }: Host, { works, wipesRoot, device }: Rollback): boolean {
  if (works.answer === "no") return true;
  const other = wipesRoot.answer === "no" && device?.known ? device.value : undefined;
  return other !== undefined && fileSystems.every((fs) => fs.device.known && fs.device.value !== other);
}

/** Units of systemd's initrd that do not wait for the attempt to resume. Of others nothing is known here. */
const BESIDE =
  /^(?:.*\.device|systemd-cryptsetup@.*\.service|cryptsetup(?:-pre)?\.target|initrd-root-device\.target|zfs-import.*|systemd-udev.*\.service|systemd-modules-load\.service|lvm2?-.*\.service)$/;

/** Whether everything that a unit waits for is known, and none of it waits for the attempt to resume. */
function runsBesideResume(host: Host, unit: Unit, seen: Set<string>): boolean {
  seen.add(unit.name);
  const { node } = unit;
  // By default a unit comes after sysinit.target, that after local-fs.target, that after local-fs-pre.target, and the
  // attempt to resume before that one.
  if (!isWithoutDefaults(unit)) return false;
  const isOpen =
    node.open() !== undefined ||
    readTexts(node.child("after")).open.length > 0 ||
    read(node.child("unitConfig").child("After")).state !== "absent" ||
    host.config.at("boot", "initrd", "systemd", "mounts").isDefined() !== false;
  if (isOpen) return false;
  return unit.after.every(({ text }) => {
    if (BESIDE.test(text)) return true;
    const name = text.replace(/\.service$/, "");
    const other = host.units.find((each) => each.stage === "initrd" && each.name === name);
    return other !== undefined && (seen.has(name) || runsBesideResume(host, other, seen));
  });
}

function orderAfterResume(context: RuleContext, unit: Unit): readonly FixPlan[] {
  const edits = appendToListOption(
    context,
    ["boot", "initrd", "systemd", "services", unit.name, "after"],
    [`"${RESUME}"`],
  );
  return offer(edits, { title: `Run ${unit.name} after the attempt to resume`, safety: "safe", preferred: true });
}

function whereFrom({ isMeant, place }: Sleep) {
  return [{ place, message: isMeant ? "it resumes from here" : "swap that it can resume from" }];
}

/** The first command that writes to the filesystem, which mounting it does already. */
function firstChange({ script, place }: Rollback): Place | undefined {
  const changes = commandsOf(script).storage.filter(({ kind }) =>
    ["mount", "subvolume-delete", "subvolume-create", "subvolume-snapshot", "zfs-rollback", "move"].includes(kind),
  );
  const [first] = changes;
  return (first && script.placeOf(first.start, first.end)) ?? place;
}

function isDevice(item: Item, config: OptionNode): boolean {
  const device = readString(itemNode(item, [...config.child("swapDevices").path, "0"]).child("device"));
  return !device?.known || device.value.startsWith("/dev/");
}

function isOn(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}

/** The first swap that outlives a reboot: one with a random key does not. */
function sleepsIn(config: OptionNode) {
  const swaps = readItems(config.at("swapDevices")).items.filter((item) => {
    if (item.certain.answer !== "yes") return false;
    const random = itemNode(item, ["swapDevices"]).child("randomEncryption");
    const whole = readBoolean(random);
    if (whole === undefined) return true;
    if (whole.known) return !whole.value;
    // As a set it says so in `enable`; what is not known keeps the rule silent.
    const enable = readBoolean(random.child("enable"));
    return enable?.known === true && !enable.value;
  });
  return swaps.find((item) => isDevice(item, config)) ?? swaps[0];
}
