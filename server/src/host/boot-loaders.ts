import type { OptionNode } from "../modules/option-node.ts";
import { readExplicitBoolean } from "./read-values.ts";

const OTHER_LOADERS = [
  "systemd-boot",
  "generic-extlinux-compatible",
  "limine",
  "refind",
  "raspberryPi",
  "raspberry-pi",
  "external",
  "initScript",
];

/** Whether GRUB is switched off and no other boot loader is spoken of: a container, or a host that others give a kernel and a store. */
export function isBootedByOthers(root: OptionNode): boolean {
  const grub = readExplicitBoolean(root.at("boot", "loader", "grub", "enable"));
  return grub?.known === true && !grub.value && !namesOtherLoader(root);
}

/** Whether the configuration speaks of another boot loader than GRUB, be it to switch it off. */
export function namesOtherLoader(root: OptionNode): boolean {
  const loader = root.at("boot", "loader");
  const others = [...OTHER_LOADERS.map((name) => loader.at(name, "enable")), root.at("boot", "lanzaboote", "enable")];
  return others.some((enable) => enable.isDefined() !== false);
}
