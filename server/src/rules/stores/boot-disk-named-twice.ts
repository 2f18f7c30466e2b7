import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, readBoolean } from "../../host/read-values.ts";
import { gptDisks, grubDisks } from "../reading/grub-disks.ts";
import { defineRule } from "../rule.ts";

/** A disk that the host names for GRUB beside disko, which names it as well. */
export const bootDiskNamedTwice = defineRule({
  code: "IMP361",
  name: "boot-disk-named-twice",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const grub = host.config.at("boot", "loader", "grub");
    if (!mayNameOnce(host) || isForced(host)) return;
    const named = new Map<string, Place | undefined>();
    for (const { text, place } of grubDisks(grub)) if (!named.has(text)) named.set(text, place);
    for (const { device, biosPartition, place } of gptDisks(host.config)) {
      if (device === undefined || biosPartition !== "yes" || !named.has(device)) continue;
      report({
        at: named.get(device),
        message: `\`${device}\` is named for GRUB twice, here and by disko, which adds each disk that has a partition of type EF02: NixOS refuses to build the host ("You cannot have duplicated devices in mirroredBoots").`,
        help: "Leave it out here: disko sets boot.loader.grub.devices by the partition.",
        related: [{ place, message: "a partition of this disk has the type EF02" }],
      });
    }
  },
});

/** Whether GRUB is certainly on and for BIOS alone: with EFI beside it NixOS lets a disk be named twice. */
function mayNameOnce({ config }: Host): boolean {
  const grub = config.at("boot", "loader", "grub");
  if (grub.isDefined() === false) return false;
  const enabled = readBoolean(grub.child("enable"));
  const efi = isNamed(grub, "efiSupport") ? readBoolean(grub.child("efiSupport")) : undefined;
  const isForBios = efi === undefined || (efi.known && !efi.value);
  // Layouts that are for the installation alone hand nothing on.
  const handsOn = config.at("disko", "enableConfig");
  const handed = handsOn.isDefined() === false ? undefined : readBoolean(handsOn);
  // Without a definition NixOS has GRUB on, unless there is a container or another loader, which would have to be looked for.
  return (
    enabled?.known === true && enabled.value && isForBios && (handed === undefined || (handed.known && handed.value))
  );
}

/** Whether somebody sets a list with more force, so that what disko adds does not count. */
function isForced({ config }: Host): boolean {
  const grub = config.at("boot", "loader", "grub");
  return ["device", "devices", "mirroredBoots"].some(
    (name) =>
      isNamed(grub, name) &&
      grub
        .child(name)
        .definitions()
        .some(({ priority }) => priority !== 100),
  );
}
