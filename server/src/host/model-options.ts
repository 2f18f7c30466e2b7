import type { OptionNode } from "../modules/option-node.ts";
import type { Gap } from "./gaps.ts";
import { childrenOf, setAt } from "./read-values.ts";

/** Options of a set that a modelled module declares. */
export interface ModelOptions {
  /** Those that facts are made of. */
  readonly read: readonly string[];
  /** Those that change nothing of what is mounted, persisted or made at boot. */
  readonly harmless: readonly string[];
}

/** What the modules that are modelled by their meaning declare, by group of options. test/modules compares it with them. */
export const MODEL_OPTIONS: Readonly<Record<string, ModelOptions>> = {
  age: {
    read: ["identityPaths", "secrets", "secretsDir"],
    harmless: ["ageBin", "generators", "rekey", "secretsMountPoint"],
  },
  disko: {
    read: ["devices", "enableConfig"],
    harmless: ["checkScripts", "imageBuilder", "memSize", "rootMountPoint", "testMode", "tests"],
  },
  "home-manager": {
    read: ["extraSpecialArgs", "sharedModules", "users"],
    harmless: [
      ...["backupCommand", "backupFileExtension", "enableLegacyProfileManagement", "minimal", "overwriteBackup"],
      ...["useGlobalPkgs", "useUserPackages", "verbose"],
    ],
  },
  sops: {
    read: ["age", "defaultSymlinkPath", "gnupg", "secrets", "templates"],
    harmless: [
      ...["defaultSecretsMountPoint", "defaultSopsFile", "defaultSopsFormat", "defaultSopsKey", "environment"],
      ...["keepGenerations", "log", "package", "placeholder", "useSystemdActivation", "useTmpfs", "validateSopsFiles"],
      ...["validationPackage"],
    ],
  },
};

const COMMON_OF_DISKO = [
  ...["preCreateHook", "postCreateHook", "preMountHook", "postMountHook", "preUnmountHook", "postUnmountHook"],
];

/** What the types of disko declare; a dot stands before the sets inside of one. */
export const DISKO_OPTIONS: Readonly<Record<string, ModelOptions>> = {
  bcachefs: { read: ["device", "type"], harmless: ["extraFormatArgs", "filesystem", "label"] },
  bcachefs_filesystem: {
    read: ["mountOptions", "mountpoint", "name", "subvolumes", "type", "uuid"],
    harmless: ["extraFormatArgs", "passwordFile"],
  },
  btrfs: { read: ["device", "mountOptions", "mountpoint", "subvolumes", "type"], harmless: ["extraArgs", "swap"] },
  disk: { read: ["content", "device", "name", "type"], harmless: ["destroy", "imageName", "imageSize"] },
  filesystem: { read: ["device", "format", "mountOptions", "mountpoint", "type"], harmless: ["extraArgs"] },
  gpt: { read: ["device", "partitions", "type"], harmless: ["efiGptPartitionFirst"] },
  "gpt.partitions": {
    read: ["content", "device", "label", "name", "priority", "size", "type", "uuid"],
    harmless: ["alignment", "attributes", "end", "hybrid", "start"],
  },
  luks: {
    read: ["content", "device", "name", "type"],
    harmless: [
      ...[
        "additionalKeyFiles",
        "askPassword",
        "enrollFido2",
        "enrollRecovery",
        "extraFormatArgs",
        "extraOpenArgs",
        "initrdUnlock",
        "keyFile",
      ],
      ...["passwordFile", "settings"],
    ],
  },
  lvm_pv: { read: ["device", "type"], harmless: ["vg"] },
  lvm_vg: { read: ["lvs", "name", "type"], harmless: [] },
  "lvm_vg.lvs": { read: ["content", "name"], harmless: ["extraArgs", "lvm_type", "pool", "priority", "size"] },
  mdadm: { read: ["content", "name", "type"], harmless: ["extraArgs", "level", "metadata"] },
  mdraid: { read: ["device", "type"], harmless: ["name"] },
  nodev: { read: ["device", "fsType", "mountOptions", "mountpoint", "type"], harmless: [] },
  swap: {
    read: ["device", "type"],
    harmless: ["discardPolicy", "extraArgs", "mountOptions", "priority", "randomEncryption", "resumeDevice"],
  },
  table: { read: ["device", "partitions", "type"], harmless: ["format"] },
  "table.partitions": {
    read: ["content", "name"],
    harmless: ["bootable", "end", "flags", "fs-type", "part-type", "start"],
  },
  zfs: { read: ["device", "type"], harmless: ["pool"] },
  zpool: {
    read: ["datasets", "mountOptions", "mountpoint", "name", "rootFsOptions", "type"],
    harmless: ["mode", "options"],
  },
};

/** Whether an option of a type of disko is neither read nor without effect on mounts. */
export function isUnreadByDisko(type: string, option: string): boolean {
  const known = DISKO_OPTIONS[type];
  if (!known || option.startsWith("_") || COMMON_OF_DISKO.includes(option)) return false;
  return !known.read.includes(option) && !known.harmless.includes(option);
}

/** Options in the groups of modelled modules that these are not known to have, unless the workspace declares them. */
export function unreadModelOptions(root: OptionNode): Gap[] {
  return Object.entries(MODEL_OPTIONS).flatMap(([group, { read, harmless }]) => {
    const node = root.child(group);
    if (node.isDefined() === false) return [];
    return childrenOf(node)
      .filter(({ name, node: child }) => !read.includes(name) && !harmless.includes(name) && !isDeclared(child))
      .map(({ name, node: child }) => ({
        why: `what \`${group}.${name}\` changes of the host is not known here`,
        place: setAt(child),
        below: undefined,
      }));
  });
}

/** Whether a module of the workspace declares the option. */
export function isDeclared(node: OptionNode): boolean {
  return (node as { isDeclared?(): boolean }).isDeclared?.() ?? false;
}
