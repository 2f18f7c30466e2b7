import { pathOfBytes } from "./paths.ts";

/** The commands of send streams by number: 1 to 22 of version 1, up to 25 of version 2, 26 of version 3. */
export const COMMANDS = [
  "none",
  ...["subvol", "snapshot", "mkfile", "mkdir", "mknod", "mkfifo", "mksock", "symlink", "rename", "link", "unlink"],
  ...["rmdir", "set_xattr", "remove_xattr", "write", "clone", "truncate", "chmod", "chown", "utimes", "end"],
  ...["update_extent", "fallocate", "fileattr", "encoded_write", "enable_verity"],
] as const;

/** The last command that each version of the format knows, by version. */
export const LAST_COMMAND = [0, 22, 25, 26] as const;

/** The attributes of commands, by number. */
export const ATTRIBUTE = {
  uuid: 1,
  ctransid: 2,
  ino: 3,
  size: 4,
  mode: 5,
  uid: 6,
  gid: 7,
  rdev: 8,
  ctime: 9,
  mtime: 10,
  atime: 11,
  xattrName: 13,
  xattrData: 14,
  path: 15,
  pathTo: 16,
  pathLink: 17,
  fileOffset: 18,
  data: 19,
  cloneUuid: 20,
  cloneCtransid: 21,
  clonePath: 22,
  cloneOffset: 23,
  cloneLength: 24,
  fallocateMode: 25,
  fileattr: 26,
  unencodedFileLength: 27,
  unencodedLength: 28,
  unencodedOffset: 29,
} as const;

/** The largest number of an attribute that is known; the last four are fs-verity's. */
export const LAST_ATTRIBUTE = 35;

/** One command of a send stream. */
export interface SendCommand {
  readonly name: string;
  /** Where it begins, in bytes from the start of the stream. */
  readonly at: number;
  /** The values by attribute number, all but DATA, of which only the length is kept. */
  readonly attributes: ReadonlyMap<number, Uint8Array>;
  /** Bytes of DATA, 0 when it has none. */
  readonly dataLength: number;
}

/** The stream cannot be used: what is wrong, and where. Nothing that was read from it may be shown as complete. */
export class SendStreamError extends Error {
  readonly kind: "damaged" | "version" | "cut";
  /** Bytes from the start of the stream. */
  readonly at: number;

  constructor(kind: "damaged" | "version" | "cut", at: number, message: string) {
    super(message);
    this.name = "SendStreamError";
    this.kind = kind;
    this.at = at;
  }
}

/** A path or name of a command as latin1, one character for each byte. */
export function textOf(command: SendCommand, attribute: number): string {
  return pathOfBytes(required(command, attribute));
}

/** A number of a command. Sizes on btrfs stay below 2^53; a larger number means damage. */
export function numberOf(command: SendCommand, attribute: number): number {
  const bytes = required(command, attribute);
  if (bytes.length < 1 || bytes.length > 8) throw damaged(command.at, `attribute ${attribute} is not a number`);
  let value = 0;
  for (let at = bytes.length - 1; at >= 0; at--) value = value * 256 + bytes[at]!;
  if (!Number.isSafeInteger(value)) throw damaged(command.at, `the number of attribute ${attribute} is too large`);
  return value;
}

/** The seconds since 1970 of a time: eight bytes, before the nanoseconds in four. */
export function secondsOf(command: SendCommand, attribute: number): number {
  const bytes = required(command, attribute);
  if (bytes.length !== 12) throw damaged(command.at, `attribute ${attribute} is not a time`);
  const seconds = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
  if (!Number.isSafeInteger(seconds)) throw damaged(command.at, `the time of attribute ${attribute} cannot be`);
  return seconds;
}

/** The error for a stream that breaks the format, or that does not fit together, at a byte. */
export function damaged(at: number, why: string): SendStreamError {
  return new SendStreamError("damaged", at, `The stream is damaged at byte ${at}: ${why}.`);
}

function required(command: SendCommand, attribute: number): Uint8Array {
  const bytes = command.attributes.get(attribute);
  if (!bytes) throw damaged(command.at, `"${command.name}" lacks attribute ${attribute}`);
  return bytes;
}
