import { TransportError } from "../transport-error.ts";

/** Why a script ended before it did anything, as a sentence. */
export function refusal(
  host: string,
  { reason, text }: { readonly reason: string; readonly text: string },
): TransportError {
  const sentence: Readonly<Record<string, string>> = {
    "no-root": `Only root can do this on ${host}, with mounts that no other program sees: the account may not use sudo without a password, or unshare fails, as in a container.`,
    "no-btrfs": `The btrfs command (btrfs-progs) is not found on ${host}.`,
    "no-find": `find on ${host} knows no -printf. GNU find (findutils) is needed to list files exactly.`,
    "no-mount": `${host} cannot mount what is to be looked at: ${text}`,
    "no-folder": `There is no folder ${text} on ${host}.`,
    "no-read": `The file cannot be read on ${host}: ${text}`,
    link: `${text.replace(/^\./, "")} is a symbolic link, which leads out of the snapshot. Name the file by its real path.`,
    changed: `The subvolume ${text} is not there any more on ${host}. Ask again.`,
  };
  return new TransportError("ECANNOT", sentence[reason] ?? `${host} refuses: ${reason} ${text}`.trim());
}
