import { type Outputs, shown } from "./outputs.ts";
import { whyUnreadable } from "./subvolumes.ts";
import { whyNotRoot } from "./why-not-root.ts";

/** What kept the host from showing its subvolumes. */
export function whyNoSubvolumes(outputs: Outputs): string {
  if (outputs.fields("btrfs", 1)?.[0] === "no") return "the btrfs command (btrfs-progs) is not found on the host";
  const [uid, user = ""] = outputs.required("user", 2);
  if (uid !== "0") {
    const [said = ""] = outputs.fields("sudo", 1) ?? [];
    return `only root can list subvolumes, and ${whyNotRoot(shown(said), shown(user)).why}`;
  }
  if (outputs.fields("space", 1)?.[0] === "shared")
    return "the host does not let root make mounts that only one program sees (unshare fails), as in a container";
  const [noToplevel] = outputs.fields("no-toplevel", 1) ?? [];
  if (noToplevel !== undefined) return shown(noToplevel);
  return whyUnreadable(outputs) ?? "the root is not on btrfs";
}
