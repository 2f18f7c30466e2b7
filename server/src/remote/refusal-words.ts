import { isoTime } from "./iso-time.ts";

/** A refusal of lock.sh, or of a command of the host, as a clause for people. */
export function refusalWords(reason: string, detail: string): string {
  switch (reason) {
    case "no-flock":
      return "the command flock (util-linux) is not found on the host, and without it two runs could disturb each other";
    case "no-lock":
      return detail;
    case "locked":
      return `another run is at work on the host${lockOwner(detail)}; try again when it is done`;
    case "changed":
      return `${detail} is not any more what it was a moment ago; try again`;
    case "no-folder":
      return `${detail === "" ? "the toplevel" : detail} is no folder of root on the host: it is not there, or a link, or others can write to it or to a folder around it`;
    case "immutable":
      return `the top folder of ${detail} cannot be written to, even by root: it is immutable, and a snapshot of it could neither be named nor deleted. chattr -i lifts that (lsattr -d shows it)`;
    case "unverified":
      return `the snapshot of ${detail} is not what it should be, and was removed`;
    default:
      return failureWords(detail);
  }
}

function lockOwner(detail: string): string {
  const [, seconds, user, verb] = /^(\d{9,11}) (\S+) (\S+)/.exec(detail) ?? [];
  return seconds === undefined ? "" : ` (${verb} by ${user} since ${isoTime(Number(seconds))})`;
}

/** What a program of the host printed when it failed, without the lines in which btrfs says what it is about to do. */
export function complaint(said: string): string {
  const lines = said
    .split("\n")
    .filter((line) => !/^(?:Create a (?:readonly )?snapshot of|Delete subvolume) /.test(line));
  return lines.join("\n").trim() || said.trim();
}

/** What a command of the host printed, with what to do about the usual ones. */
function failureWords(detail: string): string {
  if (/Read-only file system/.test(detail))
    return "the filesystem is read-only; the kernel does that after errors, and dmesg on the host says which";
  if (/No space left on device/.test(detail)) return "there is no space left on the filesystem";
  if (/Text file busy/.test(detail))
    return "a swap file in it is in use, and btrfs takes no snapshot then: swapoff on the host lets it, and a subvolume of its own for the swap file does so for good";
  if (/quota exceeded/i.test(detail)) return "a quota of the filesystem is exceeded";
  if (/: Operation not permitted$/.test(detail))
    return `the host lets not even root do that: a file or folder may be immutable, or only be added to; lsattr -d shows it, and chattr -i or -a lifts it. The host says: ${detail}`;
  if (/: File name too long$/.test(detail))
    return "its name is too long for what is put behind it to keep what is there (.before-restore- and the time): move that away first";
  return `the host says: ${detail}`;
}
