import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Host, Rollback } from "../../host/host.ts";
import { childrenOf, openOf, readTexts } from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A rollback that mounts an opened disk by a name under which nothing opens one. */
export const rollbackOfMissingDevice = defineRule({
  code: "IMP513",
  name: "rollback-of-missing-device",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/")?.device;
    // A root on a volume of LVM, or under a label, lies on a disk that is opened under a name, too, where disks are opened at all.
    if (!root?.known || (mappedName(root.value) ?? opensDisks(host)) === undefined || mayOpenOthers(host)) return;
    reportUnits(context, root.value);
    for (const rollback of host.rollbacks) {
      const name = rollback.device?.known ? mappedName(rollback.device.value) : undefined;
      if (name === undefined || rollback.runs.answer === "no" || isOpened(host, name)) continue;
      const wrong = `/dev/mapper/${name}`;
      report({
        at: placeOf(rollback, wrong) ?? rollback.place,
        message: `Nothing opens a disk as \`${name}\`: \`/\` is on \`${root.value}\`. The script's mount of \`${wrong}\` fails, and the root is not emptied; where the boot requires the unit, the host does not start.`,
        help: `Mount \`${root.value}\`, or open the disk under the name that the script has.`,
        related: [{ place: root.place, message: "the device of the root" }],
        fixes: () =>
          offer(replaceTextAt(context, placeOf(rollback, wrong), wrong, root.value), {
            title: `Mount ${root.value}`,
            safety: "unsafe",
            note: "It empties the root from then on.",
          }),
      });
    }
  },
});

/** A rollback that waits for the unit of a disk that nobody opens. */
function reportUnits({ host, report }: RuleContext, root: string): void {
  for (const rollback of host.rollbacks) {
    const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
    if (rollback.stage !== "initrd-systemd" || !unit) continue;
    const seen = new Set<string>();
    for (const relation of ["requires", "bindsTo", "after"]) {
      for (const { text, place } of readTexts(unit.node.child(relation)).texts) {
        const name = /^systemd-cryptsetup@([\w]+)\.service$/.exec(text)?.[1];
        if (name === undefined || isOpened(host, name) || seen.has(name)) continue;
        seen.add(name);
        report({
          at: place,
          message: `Nothing opens a disk as \`${name}\`: \`/\` is on \`${root}\`, so that the unit \`${text}\` does not exist. ${relation === "after" ? "The rollback does not wait for the disk: it starts before it is open, fails, and the root is not emptied" : "The rollback requires it, and never starts"}.`,
          help: `Write \`systemd-cryptsetup@${mappedName(root) ?? opensDisks(host)}.service\`.`,
          related: [{ place: rollback.place, message: "the rollback" }],
        });
      }
    }
  }
}

/** The name under which the first encrypted disk is opened. */
function opensDisks(host: Host): string | undefined {
  return luksDisks(host)[0]?.name;
}

/** The name of an opened disk. One with a hyphen may be a volume of LVM. */
function mappedName(device: string): string | undefined {
  return /^\/dev\/mapper\/([^/-]+)$/.exec(device)?.[1];
}

/** Where the script writes the device: its mount, and the word in it. */
function placeOf({ script }: Rollback, device: string) {
  const at = script.text.indexOf(device);
  return at < 0 ? undefined : script.placeOf(at, at + device.length);
}

/** Whether disks may be opened under names that are not in the configuration. */
function mayOpenOthers(host: Host): boolean {
  const initrd = host.config.at("boot", "initrd");
  const kernel = readTexts(host.config.at("boot", "kernelParams"));
  return (
    openOf(initrd.at("luks", "devices")) !== undefined ||
    host.fileSystemsOpen !== undefined ||
    kernel.texts.some(({ text }) => /^(rd\.)?luks/.test(text)) ||
    host.config.at("services", "multipath").isDefined() !== false ||
    initrd.at("systemd", "contents").isDefined() !== false ||
    host.scripts.some((script) => commandsOf(script).all.some(({ name }) => name === "cryptsetup"))
  );
}

function isOpened(host: Host, name: string): boolean {
  const device = `/dev/mapper/${name}`;
  return (
    luksDisks(host).some((disk) => disk.name === name) ||
    childrenOf(host.config.at("boot", "initrd", "luks", "devices")).some((child) => child.name === name) ||
    host.fileSystems.some((fs) => !fs.device.known || fs.device.value === device) ||
    host.layouts.some((layout) => !layout.device.known || layout.device.value === device)
  );
}
