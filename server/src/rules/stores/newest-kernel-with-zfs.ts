import { look } from "../../eval/value.ts";
import { setAt } from "../../host/read-values.ts";
import { PackageGroup } from "../../modules/packages.ts";
import { defineRule } from "../rule.ts";

/** The newest kernel on a host with ZFS, which supports kernels only some time after they are out. */
export const newestKernelWithZfs = defineRule({
  code: "IMP337",
  name: "newest-kernel-with-zfs",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const kernel = host.config.at("boot", "kernelPackages");
    const [set] = kernel.definitions();
    const value = set && set.condition === true ? look(set.cell) : undefined;
    if (!(value instanceof PackageGroup) || !NEWEST.test(value.title)) return;
    const zfs = host.fileSystems.find(
      ({ fsType, certain }) => certain.answer === "yes" && fsType.known && fsType.value === "zfs",
    );
    // Another package of ZFS may be made for that kernel.
    if (!zfs || host.config.at("boot", "zfs", "package").isDefined() !== false) return;
    report({
      at: setAt(kernel),
      message: `\`${value.title}\` moves to each new kernel as it comes out, and ZFS supports a kernel only some weeks or months later. Until then NixOS refuses to build the host ("zfs-kernel is marked as broken"), and with it every other update.`,
      help: "Leave it out: the default kernel is one that ZFS supports. Or name a kernel that ZFS supports, such as pkgs.linuxPackages_6_12.",
      related: [{ place: zfs.place, message: "a filesystem of ZFS" }],
    });
  },
});

const NEWEST = /^linuxPackages_(latest|testing|latest-libre|zen|xanmod_latest|lqx)$/;
