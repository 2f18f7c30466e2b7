import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Host, Rollback } from "../../host/host.ts";
import { readTexts } from "../../host/read-values.ts";
import { isUnopened, mappedName, mayBeOpened } from "../../host/unopened-device.ts";
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
    if (!root?.known) return;
    if (mappedName(root.value) !== undefined || luksDisks(host).length > 0) reportUnits(context, root.value);
    for (const rollback of host.rollbacks) {
      const name = rollback.device?.known ? mappedName(rollback.device.value) : undefined;
      // That the root is elsewhere, and what to mount, is said where the two are compared.
      if (name === undefined || rollback.runs.answer === "no" || rollback.wipesRoot.answer === "no") continue;
      if (!isOpenedByNobody(host, name)) continue;
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

/** The unit of an opened disk whose name needs no escapes. */
const DEVICE = /^dev-mapper-(\w+)\.device$/;

/** A rollback that waits for the unit of a disk that nobody opens. */
function reportUnits({ host, report }: RuleContext, root: string): void {
  for (const rollback of host.rollbacks) {
    const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
    if (rollback.stage !== "initrd-systemd" || !unit) continue;
    const seen = new Set<string>();
    const relations = ["requires", "bindsTo", "after"];
    // The unit of the root's own device is there when the disk is open, whatever it is called.
    const waits = relations.some((one) =>
      readTexts(unit.node.child(one)).texts.some(({ text }) => {
        const name = DEVICE.exec(text)?.[1];
        return text.endsWith(".device") && (name === undefined || !isOpenedByNobody(host, name));
      }),
    );
    for (const relation of relations) {
      for (const { text, place } of readTexts(unit.node.child(relation)).texts) {
        const isDevice = DEVICE.test(text);
        const name = (isDevice ? DEVICE : /^systemd-cryptsetup@([\w]+)\.service$/).exec(text)?.[1];
        if (name === undefined || seen.has(name) || !isOpenedByNobody(host, name)) continue;
        if (relation === "after" && waits) continue;
        seen.add(name);
        report({
          at: place,
          message: `Nothing opens a disk as \`${name}\`: \`/\` is on \`${root}\`, so that the unit \`${text}\` ${isDevice ? "never appears" : "does not exist"}. ${relation === "after" ? "The rollback does not wait for the disk: it starts before it is open, fails, and the root is not emptied" : "The rollback requires it, and never starts"}.`,
          help: `Write \`${isDevice ? "dev-mapper-" : "systemd-cryptsetup@"}${mappedName(root) ?? luksDisks(host)[0]?.name}.${isDevice ? "device" : "service"}\`.`,
          related: [{ place: rollback.place, message: "the rollback" }],
        });
      }
    }
  }
}

/** Also where the root has another sort of name (LVM, a label) and lies on a disk that is opened under one. */
function isOpenedByNobody(host: Host, name: string): boolean {
  if (isUnopened(host, name)) return true;
  const opened = luksDisks(host);
  return opened.length > 0 && !mayBeOpened(host, name) && opened.every((disk) => disk.name !== name);
}

/** Where the script writes the device: its mount, and the word in it. */
function placeOf({ script }: Rollback, device: string) {
  const at = script.text.indexOf(device);
  return at < 0 ? undefined : script.placeOf(at, at + device.length);
}
