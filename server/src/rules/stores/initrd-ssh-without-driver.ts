import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, openOf, readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** A disk is to be unlocked over ssh in the initrd, which has no driver for a network card. */
export const initrdSshWithoutDriver = defineRule({
  code: "IMP351",
  name: "initrd-ssh-without-driver",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const { config, system } = host;
    const initrd = config.at("boot", "initrd");
    const ssh = initrd.at("network", "ssh", "enable");
    if (!isOn(ssh) || !(isOn(initrd.at("network", "enable")) || isOn(initrd.at("systemd", "network", "enable"))))
      return;
    if (!system.known || system.value !== "x86_64-linux" || mayHaveOthers(host)) return;
    const lists = LISTS.map((name) => readTexts(initrd.child(name)));
    const [available] = lists;
    if (!available || available.texts.length === 0 || lists.some(({ open }) => open.length > 0)) return;
    const names = lists.flatMap(({ texts }) => texts);
    if (!names.every(({ text, certain }) => certain.answer === "yes" && OTHERS.test(text.replaceAll("-", "_")))) return;
    const isVirtual = names.some(({ text }) => /^virtio_/.test(text));
    report({
      at: setAt(ssh),
      message: `sshd starts in the initrd, and none of the modules that are put into it drives a network card: \`boot.initrd.availableKernelModules\` has those of disks and keyboards only. There is no interface before the disks are unlocked, and nobody can reach sshd to unlock them.`,
      help: isVirtual
        ? 'Add the driver of the card, which for a virtual machine with virtio is boot.initrd.availableKernelModules = [ "virtio_net" ].'
        : 'Add the driver of the card to boot.initrd.availableKernelModules; `lspci -k` names it on the running host ("Kernel driver in use", for instance igb, e1000e or r8169).',
      related: [{ place: available.texts[0]?.place, message: "the modules of the initrd" }],
    });
  },
});

function isOn(node: OptionNode): boolean {
  const flag = node.isDefined() === false ? undefined : readBoolean(node);
  return flag?.known === true && flag.value;
}

const LISTS = ["availableKernelModules", "kernelModules"];

/** Options of NixOS that put drivers of network cards into the initrd; names as attributes are read by newer releases only. */
const BRINGERS = [
  ["hardware", "enableAllHardware"],
  ["hardware", "facter"],
  ["virtualisation", "hypervGuest"],
  ["virtualisation", "vmware"],
  ["virtualisation", "virtualbox"],
  ["virtualisation", "xen"],
];

/** Modules that NixOS or an input brings, which certainly add none of the kernel to the initrd. */
const WITHOUT_DRIVERS =
  /^`(agenix|agenix-rekey|disko|home-manager|impermanence|lanzaboote|nix-index-database|preservation|ragenix|sops-nix|stylix)\b/;

/** Whether modules may come from elsewhere: files that cannot be read, scripts, another kernel, a report of the hardware. */
function mayHaveOthers({ config, incomplete, opaque, scripts }: Host): boolean {
  const hidden = opaque.some(
    ({ known, name, why }) =>
      !known ||
      !(name.endsWith("/installer/scan/not-detected.nix") || (WITHOUT_DRIVERS.test(why) && !name.startsWith("…/"))),
  );
  const boot = config.child("boot");
  const initrd = boot.child("initrd");
  const packages = boot.child("kernelPackages");
  return (
    hidden ||
    incomplete.length > 0 ||
    openOf(boot) !== undefined ||
    openOf(initrd) !== undefined ||
    packages.isDefined() !== false ||
    isNamed(boot, "kernelPatches") ||
    isNamed(initrd, "allowMissingModules") ||
    isNamed(initrd, "includeKernelModules") ||
    LISTS.some((name) => initrd.child(name).names().length > 0) ||
    BRINGERS.some((path) => config.at(...path).isDefined() !== false) ||
    childrenOf(config.child("facter")).length > 0 ||
    scripts.some(({ option, text }) => option[1] === "initrd" && /\b(modprobe|insmod)\b/.test(text))
  );
}

/**
 * Modules of the kernel that are certainly no driver of a network card: buses, disks, filesystems, encryption, input and
 * screens. A name that is not among them may be one.
 */
const OTHERS = new RegExp(
  `^(${[
    "ahci|ata_\\w+|sata_\\w+|pata_\\w+|nvme|sd_mod|sr_mod|scsi_mod|isci|hpsa|aacraid|megaraid_sas|mpt[23]sas|mptspi|mptsas|vmd",
    "virtio_(pci|blk|scsi|mmio|ring|balloon|console|rng|gpu|input)|vmw_pvscsi|hv_storvsc|hv_vmbus|xen_blkfront",
    "uas|usb_storage|usbhid|usbcore|[euox]hci_(pci|hcd)|xhci_pci_renesas|hid_\\w+|i8042|atkbd|evdev|thunderbolt",
    "mmc_(block|core)|sdhci(_\\w+)?|rtsx_(pci|usb)(_\\w+)?",
    "dm_\\w+|md_mod|raid[0-9]+|loop|overlay|fuse|squashfs|isofs",
    "btrfs|ext[234]|xfs|vfat|fat|exfat|zfs|f2fs|bcachefs|nls_\\w+|crc32c\\w*|zstd|lz4",
    "aes\\w*|cryptd|xts|cbc|essiv|sha[0-9]+\\w*|tpm\\w*|encrypted_keys|trusted",
    "i915|xe|amdgpu|radeon|nouveau|nvidia\\w*|simpledrm|bochs|qxl|cirrus|vfio\\w*|kvm\\w*",
  ].join("|")})$`,
);
