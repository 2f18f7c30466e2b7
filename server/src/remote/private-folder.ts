import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of the longest path of a socket, where systems differ that of macOS. */
const MAX_SOCKET_PATH = 103;
const PREFIX = "nix-imp-";
/** Who made a folder: the number of its process, and whose numbers these are. */
const OWNER = "owner";
/** Milliseconds after which a folder that never got an owner is nobody's. */
const ABANDONED = 3_600_000;

/**
 * A new folder for sockets that only this user can enter; null when there can be none. Those of programs that were killed are
 * removed before.
 *
 * @param room bytes that names in it may have, with the slash in front
 */
export function privateFolder(room: number): string | null {
  for (const parent of new Set([tmpdir(), "/tmp"])) {
    const start = join(parent, PREFIX);
    if (Buffer.byteLength(start) + 6 + room > MAX_SOCKET_PATH) continue;
    try {
      sweep(parent);
      // Made by mkdtemp(3): mode 0700, and nobody else made it before.
      const folder = mkdtempSync(start);
      writeFileSync(join(folder, OWNER), ownerOf(process.pid));
      return folder;
    } catch {
      // The next one, then.
    }
  }
  return null;
}

/** Containers may share a folder, and count their processes each for itself. */
function ownerOf(pid: number): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has them.
  }
  return `${pid} ${namespace}`;
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!/^nix-imp-[A-Za-z0-9]{6}$/.test(name)) continue;
    const folder = join(parent, name);
    try {
      const { uid, mode, mtimeMs } = lstatSync(folder);
      // What is not ours alone is not ours at all; a link has another mode.
      if (uid !== process.getuid?.() || (mode & 0o170_777) !== 0o40_700) continue;
      const owner = ownerIn(folder);
      if (owner === undefined) {
        if (Date.now() - mtimeMs > ABANDONED) rmdirSync(folder);
      } else if (owner === ownerOf(Number.parseInt(owner, 10)) && !isRunning(Number.parseInt(owner, 10))) {
        rmSync(folder, { recursive: true, force: true });
      }
    } catch {
      // Another program removes it at the same time, or it is not empty.
    }
  }
}

function ownerIn(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, OWNER), "utf8");
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
