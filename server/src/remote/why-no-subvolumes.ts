import type { Outputs } from "./outputs.ts";

/** What kept the host from showing its subvolumes. */
export function whyNoSubvolumes(outputs: Outputs): string {
  if (outputs.fields("btrfs", 1)?.[0] === "no") return "the btrfs command (btrfs-progs) is not found on the host";
  if (outputs.required("user", 2)[0] !== "0")
    return "the account may not use sudo without a password, and only root can list subvolumes";
  return outputs.fields("no-toplevel", 1)?.[0] ?? "the root is not on btrfs";
}
