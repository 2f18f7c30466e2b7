import { type Outputs, shown } from "./outputs.ts";
import { whyUnreadable } from "./subvolumes.ts";

/** What kept the host from showing its subvolumes. */
export function whyNoSubvolumes(outputs: Outputs): string {
  if (outputs.fields("btrfs", 1)?.[0] === "no") return "the btrfs command (btrfs-progs) is not found on the host";
  if (outputs.required("user", 2)[0] !== "0") return `only root can list subvolumes, and ${whyNotRoot(outputs)}`;
  if (outputs.fields("space", 1)?.[0] === "shared")
    return "the host does not let root make mounts that only one program sees (unshare fails), as in a container";
  const [noToplevel] = outputs.fields("no-toplevel", 1) ?? [];
  if (noToplevel !== undefined) return shown(noToplevel);
  return whyUnreadable(outputs) ?? "the root is not on btrfs";
}

/** What sudo said, in words. */
function whyNotRoot(outputs: Outputs): string {
  const [said = ""] = outputs.fields("sudo", 1) ?? [];
  if (/not found/.test(said)) return "sudo is not installed there";
  if (/must have a tty|terminal is required/.test(said)) return "sudo wants a terminal (requiretty)";
  if (/unshare/.test(said)) return "sudo may not make mounts that only one program sees (unshare fails)";
  const last = shown(said.trim().split("\n").at(-1) ?? "");
  return `the account may not use sudo without a password${last === "" || /password is required/.test(last) ? "" : ` (${last})`}`;
}
