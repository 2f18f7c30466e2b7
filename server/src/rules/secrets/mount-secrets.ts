import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import type { NamedFile } from "./named-files.ts";

/**
 * The options by which a filesystem of another machine is told where its password or key is. Source of truth: mount.ceph(8)
 * (`secretfile`, `keyring`), mount.cifs(8) (`credentials`, `cred`), ssh_config(5) by way of sshfs (`IdentityFile`), s3fs
 * (`passwd_file`) and rclone mount (`config`).
 */
const OPTIONS: readonly { readonly type: RegExp; readonly key: RegExp }[] = [
  { type: /^ceph$/, key: /^(secretfile|keyring)$/ },
  { type: /^(cifs|smb3)$/, key: /^(credentials|cred)$/ },
  { type: /^(fuse\.)?sshfs$/, key: /^IdentityFile$/i },
  { type: /^(fuse\.)?s3fs$/, key: /^passwd_file$/ },
  { type: /^(fuse\.)?rclone$/, key: /^config$/ },
];

/** The files with passwords and keys that the mount options of filesystems name. */
export function mountSecrets({ fileSystems }: Host): NamedFile[] {
  return fileSystems.flatMap(({ mountpoint, certain, fsType, options }) => {
    if (certain.answer !== "yes" || !fsType.known) return [];
    const known = OPTIONS.filter(({ type }) => type.test(fsType.value));
    if (known.length === 0) return [];
    return splitOptions(options).flatMap(({ text, place, certain: isSure }): NamedFile[] => {
      const [, key = "", path = ""] = /^([\w-]+)=(\/[^\s%$]+)$/.exec(text) ?? [];
      if (!isSure || !known.some((one) => one.key.test(key))) return [];
      const option = `fileSystems."${mountpoint}".options (${key})`;
      return [{ path: normalise(path), option, place, needs: "mount" }];
    });
  });
}
