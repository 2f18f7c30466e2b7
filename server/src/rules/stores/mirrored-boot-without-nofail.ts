import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { mirroredBoots, twinPartitions } from "../reading/boot-partitions.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** Boot partitions on each disk of a mirror, without any of which the boot stops. */
export const mirroredBootWithoutNofail = defineRule({
  code: "IMP352",
  name: "mirrored-boot-without-nofail",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const partitions = bootPartitions(host);
    if (partitions.length < 2) return;
    const required = partitions.filter(isWaitedFor);
    const [first, ...others] = required;
    if (!first) return;
    const names = required.map(({ mountpoint }) => `\`${mountpoint}\``);
    const written = [...new Set(required.map(({ place }) => (place ? `${place.file}:${place.start}` : "")))];
    report({
      at: first.place,
      message: `${names.join(" and ")} ${names.length > 1 ? "are boot partitions" : "is a boot partition"} of a host that has one on each of its disks, so that it starts without one of them, and ${names.length > 1 ? "each is" : "it is"} mounted without \`nofail\`: when its disk is dead, the boot waits for it for a minute and a half and then stops in emergency mode, in spite of the mirror.`,
      help: 'Add "nofail" to the options of each of them.',
      related: others
        .filter(() => written.length > 1)
        .map(({ place, mountpoint }) => ({ place, message: `\`${mountpoint}\` as well` })),
      fixes: () =>
        first.declaredBy === "fileSystems"
          ? offer(appendToListOption(context, ["fileSystems", first.mountpoint, "options"], ['"nofail"']), {
              title: `Boot without ${first.mountpoint} when its disk is missing`,
              safety: "safe",
              preferred: true,
            })
          : [],
    });
  },
});

/** The filesystems that GRUB is installed to, or those that disko makes on each disk of a mirror. */
function bootPartitions(host: Host): readonly FileSystem[] {
  const paths = (mirroredBoots(host) ?? []).map(({ path }) => path);
  const mirrored = host.fileSystems.filter(
    ({ mountpoint, certain }) => certain.answer === "yes" && paths.includes(mountpoint),
  );
  const twins = twinPartitions(host);
  const isOfTwoDisks = new Set(twins.map(({ disk }) => disk)).size > 1;
  return mirrored.length > 1 ? mirrored : isOfTwoDisks ? twins.map(({ fileSystem }) => fileSystem) : [];
}

/** Whether local-fs.target requires a mount. Source of truth: systemd-fstab-generator(8). */
function isWaitedFor({ options, optionsOpen }: FileSystem): boolean {
  if (optionsOpen !== undefined) return false;
  const keys = splitOptions(options).map(({ text }) => optionKey(text));
  return !keys.some((key) => /^(nofail|noauto|x-systemd\.(automount|wanted-by|required-by))$/.test(key));
}
