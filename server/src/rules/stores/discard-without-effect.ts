import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** Freed blocks that dm-crypt does not pass on to the disk. */
export const discardWithoutEffect = defineRule({
  code: "IMP315",
  name: "discard-without-effect",
  group: "stores",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const disks = luksDisks(host).filter(({ passesDiscards }) => passesDiscards === false);
    if (disks.length === 0) return;
    const trim = readBoolean(host.config.at("services", "fstrim", "enable"));
    for (const disk of disks) {
      const groups = volumeGroupsOn(host, `/dev/mapper/${disk.name}`);
      const mounts = host.fileSystems.filter(
        ({ device, certain }) =>
          certain.answer === "yes" &&
          device.known &&
          (device.value === `/dev/mapper/${disk.name}` || groups.some((group) => isVolumeOf(group, device.value))),
      );
      const asked = mounts.flatMap(({ options }) => splitOptions(options)).find(asksForDiscard);
      const byTimer: { place: Place | undefined; text: string } | undefined =
        trim?.known && trim.value && mounts.length > 0 ? { place: trim.place, text: "services.fstrim" } : undefined;
      const first = asked ?? byTimer;
      if (!first) continue;
      report({
        at: first.place ?? mounts[0]?.place ?? disk.place,
        message: `\`${first.text}\` has no effect on \`/dev/mapper/${disk.name}\`: dm-crypt does not pass on which blocks are free unless it is told to (\`allowDiscards\`), so the SSD never learns of them.`,
        help: `Set ${disk.option.join(".")} = true, if it may show which blocks of the disk are in use; or leave ${asked ? "the mount option" : "fstrim"} out.`,
        related: [{ place: disk.place, message: "opened here, without allowDiscards" }],
        fixes: () =>
          offer(setOption(context, disk.option, "true"), {
            title: `Pass on freed blocks of ${disk.name} (allowDiscards)`,
            safety: "unsafe",
            note: "Who sees the encrypted disk then sees which of its blocks are in use.",
          }),
      });
    }
  },
});

/** The groups of volumes of LVM that disko puts on an opened disk. */
function volumeGroupsOn({ config }: Host, opened: string): string[] {
  return diskoContents(config).flatMap(({ type, node, device, certain }) => {
    if (type !== "lvm_pv" || certain.answer !== "yes" || !device.known || device.value !== opened) return [];
    const group = readString(node.child("vg"));
    return group?.known ? [group.value] : [];
  });
}

/** Whether a device is a volume of a group, by either name: `/dev/pool/root`, `/dev/mapper/pool-root`. */
function isVolumeOf(group: string, device: string): boolean {
  const mapped = `/dev/mapper/${group.replaceAll("-", "--")}-`;
  return device.startsWith(`/dev/${group}/`) || (device.startsWith(mapped) && device[mapped.length] !== "-");
}

function asksForDiscard({ text, certain }: { readonly text: string; readonly certain: boolean }): boolean {
  return certain && optionKey(text) === "discard";
}
