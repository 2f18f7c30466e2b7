import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { joinPath, normalise } from "../../host/paths.ts";
import { bindingAt, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import { mayHaveDatasets } from "../reading/data-fate.ts";
import { defineRule } from "../rule.ts";

/** Docker told to use a storage driver that the filesystem below it does not have. */
export const mismatchedStorageDriver = defineRule({
  code: "IMP118",
  name: "mismatched-storage-driver",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const docker = host.config.at("virtualisation", "docker");
    const enabled = readBoolean(docker.child("enable"));
    const option = docker.child("storageDriver");
    const driver = option.isDefined() === false ? undefined : readString(option);
    if (!enabled?.known || !enabled.value || !driver?.known || !/^(btrfs|zfs)$/.test(driver.value)) return;
    const flags = readTexts(docker.child("extraOptions"));
    const moved = readString(docker.at("daemon", "settings", "data-root"));
    if (flags.open.length > 0 || flags.texts.some(({ text }) => /data-root|--graph|\s-g\s/.test(text))) return;
    if (moved && !moved.known) return;
    const path = normalise(moved?.value ?? "/var/lib/docker");
    const fs = filesystemOf(host, path);
    if (!fs?.fsType.known || fs.fsType.value === driver.value) return;
    // Docker's own manual makes a dataset for its directory.
    if (driver.value === "zfs" && mayHaveDatasets(host)) return;
    report({
      at: driver.place,
      message: `Docker is to use its driver for ${driver.value}, and \`${path}\` is on \`${fs.mountpoint}\`, which is ${fs.fsType.value}: dockerd does not start ("prerequisites for driver not satisfied (wrong filesystem?)").`,
      help: "Leave storageDriver out: Docker takes one that works there.",
      related: [{ place: fs.place, message: `the filesystem \`${fs.mountpoint}\`` }],
      fixes: () =>
        offer(removeBindingAt(context, bindingAt(option)), {
          title: "Leave the driver to Docker",
          safety: "unsafe",
          preferred: true,
          note: "Docker makes a directory for each driver: images and containers of another one are not seen with this one.",
        }),
    });
  },
});

/** The filesystem that certainly holds a path, through the bind mount of a store as well. */
function filesystemOf(host: Host, path: string): FileSystem | undefined {
  if (host.fileSystemsOpen !== undefined || host.storesOpen !== undefined) return undefined;
  if (host.stores.some(({ enabled, open }) => enabled.answer === "unknown" || open.length > 0)) return undefined;
  const { persisted } = host.fateOf(path);
  if (persisted && (!persisted.store.path.known || persisted.certain.answer !== "yes")) return undefined;
  const real = persisted?.store.path.known ? joinPath(persisted.store.path.value, path) : path;
  const fs = host.fileSystemAt(real);
  const isKnown = fs?.certain.answer === "yes" && fs.fsType.known && KINDS.has(fs.fsType.value);
  return isKnown && !fs.options.some(({ text }) => /^r?bind$/.test(text)) ? fs : undefined;
}

const KINDS = new Set(["btrfs", "zfs", "ext4", "ext3", "xfs", "bcachefs", "f2fs", "tmpfs", "jfs"]);
