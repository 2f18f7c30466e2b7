import fs from "node:fs";

/** Files larger than this are not read. */
const MAX_BYTES = 1024 * 1024;

/** Why a file has no text for us: a phrase that follows the file's name, as in "… is larger than 1 MiB". */
export interface Unreadable {
  readonly why: string;
}

/**
 * The text of a regular file. Everything else is refused without being waited for: opening a FIFO would
 * block until somebody writes to it, a device may never end.
 */
export function readRegularFile(file: string): { readonly text: string } | Unreadable {
  try {
    // O_NONBLOCK is 0 where there is no such thing.
    const handle = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    try {
      const stat = fs.fstatSync(handle);
      if (!stat.isFile()) return { why: "is not a regular file" };
      if (stat.size > MAX_BYTES) return { why: "is larger than 1 MiB" };
      return { text: fs.readFileSync(handle, "utf8") };
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})` };
  }
}
