import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { openOf, readBoolean, readString } from "../../host/read-values.ts";
import { mirroredBoots, twinPartitions } from "../reading/boot-partitions.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A boot partition on each disk of a mirror, of which the boot loader is written to one alone. */
export const bootLoaderOnOneDisk = defineRule({
  code: "IMP353",
  name: "boot-loader-on-one-disk",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const twins = twinPartitions(host);
    if (new Set(twins.map(({ disk }) => disk)).size < 2 || mayBeSetElsewhere(host)) return;
    const written = directoriesOf(host);
    if (!written) return;
    const isWritten = (mountpoint: string) => written.paths.some((path) => isAtOrBelow(path, mountpoint));
    const empty = twins.filter(({ fileSystem: { mountpoint } }) => !isWritten(mountpoint));
    // Where none of them is, the boot loader is somewhere else altogether.
    if (empty.length === 0 || empty.length === twins.length) return;
    for (const { fileSystem } of empty) {
      if (isNamed(host, fileSystem.mountpoint)) continue;
      report({
        at: fileSystem.place,
        message: `\`${fileSystem.mountpoint}\` is the boot partition of another disk of a mirror, and nothing writes a boot loader to it: ${written.name} is installed to \`${written.paths.join("`, `")}\` alone. When the disk with the boot loader dies, the data is intact and the host does not start.`,
        help: written.isGrub
          ? `List it: boot.loader.grub.mirroredBoots = [ … { path = "${fileSystem.mountpoint}"; devices = [ "nodev" ]; } ];`
          : `${written.name} writes to one partition: copy it after each installation (extraInstallCommands), or use GRUB with mirroredBoots.`,
      });
    }
  },
});

interface Written {
  readonly name: string;
  readonly isGrub: boolean;
  readonly paths: readonly string[];
}

/** The directories that the boot loader is installed to; undefined where that is not known. */
function directoriesOf(host: Host): Written | undefined {
  const loader = host.config.at("boot", "loader");
  const efi = loader.at("efi", "efiSysMountPoint");
  const point = efi.isDefined() === false ? undefined : readString(efi);
  if (openOf(loader) || point?.known === false) return undefined;
  const folder = normalise(point?.value ?? "/boot");
  const isOn = (...path: readonly string[]) => {
    const flag = host.config.at(...path);
    const value = flag.isDefined() === false ? undefined : readBoolean(flag);
    return value?.known === true && value.value;
  };
  if (isOn("boot", "loader", "grub", "enable")) {
    const mirrored = mirroredBoots(host);
    if (!mirrored) return undefined;
    const paths = mirrored.length > 0 ? mirrored.map(({ path }) => path) : [...new Set([folder, "/boot"])];
    return { name: "GRUB", isGrub: true, paths };
  }
  if (isOn("boot", "loader", "systemd-boot", "enable")) return { name: "systemd-boot", isGrub: false, paths: [folder] };
  return isOn("boot", "lanzaboote", "enable") ? { name: "lanzaboote", isGrub: false, paths: [folder] } : undefined;
}

/** Whether anything else of the configuration speaks of the directory: a hook that copies, an option of a loader. */
function isNamed({ config, scripts }: Host, mountpoint: string): boolean {
  const names = (text: string) =>
    text
      .split(mountpoint)
      .slice(1)
      .some((rest) => !/^[\w.-]/.test(rest));
  const hooks = ["systemd-boot", "grub"].map((name) => config.at("boot", "loader", name, "extraInstallCommands"));
  if (hooks.some((hook) => hook.isDefined() !== false && readString(hook)?.known !== true)) return true;
  const texts = ["boot", "systemd", "system", "services"].flatMap((group) => textsBelow(config.child(group)));
  return texts.some(({ text }) => names(text)) || scripts.some(({ text }) => names(text));
}
