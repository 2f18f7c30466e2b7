import fs from "node:fs";
import path from "node:path";
import { UsageError } from "./usage-error.ts";

/**
 * Why a file whose text was read as `text` must not be written, as a phrase; undefined when it may be.
 * Bytes that are no UTF-8 would be lost, and so would a change somebody made since it was read.
 */
export function whyNotReplaceable(file: string, text: string): string | undefined {
  try {
    const target = fs.realpathSync(file);
    if (!fs.readFileSync(target).equals(Buffer.from(text, "utf8"))) {
      return "it is not UTF-8, or it changed while it was checked";
    }
    fs.accessSync(target, fs.constants.W_OK);
    fs.accessSync(path.dirname(target), fs.constants.W_OK);
    return undefined;
  } catch (error) {
    return `it cannot be written (${(error as NodeJS.ErrnoException).code ?? error})`;
  }
}

/**
 * Replaces a file whole (write beside, then rename), so that an interruption leaves the old or the new
 * text. A symlink stays; what it leads to is replaced. Mode and owner stay.
 */
export function replaceFile(file: string, text: string): void {
  let part: string | undefined;
  try {
    const target = fs.realpathSync(file);
    const { mode, uid, gid } = fs.statSync(target);
    part = `${target}.nix-impermanence-${process.pid}`;
    fs.writeFileSync(part, text, { flag: "wx" });
    const made = fs.statSync(part);
    if (made.uid !== uid || made.gid !== gid) fs.chownSync(part, uid, gid);
    // After the change of owner, which may clear bits, and whatever the umask says.
    fs.chmodSync(part, mode & 0o7777);
    fs.renameSync(part, target);
  } catch (error) {
    if (part !== undefined) fs.rmSync(part, { force: true });
    throw new UsageError(`\`${file}\` cannot be written (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}
