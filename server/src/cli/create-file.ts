import fs from "node:fs";
import path from "node:path";
import { UsageError } from "./usage-error.ts";

/** Why a new file must not be made, as a phrase; undefined when it may be. Links must not lead out of `root`. */
export function whyNotCreatable(file: string, root: string): string | undefined {
  try {
    if (fs.lstatSync(file, { throwIfNoEntry: false })) return "something of that name is there";
    let folder = path.dirname(file);
    while (!fs.existsSync(folder)) folder = path.dirname(folder);
    const from = path.relative(fs.realpathSync(root), fs.realpathSync(folder));
    if (from.startsWith("..") || path.isAbsolute(from)) return "a link on the way leads out of the project";
    if (!fs.statSync(folder).isDirectory()) return "a file is where its folder should be";
    fs.accessSync(folder, fs.constants.W_OK);
    return undefined;
  } catch (error) {
    return `its folder cannot be written to (${(error as NodeJS.ErrnoException).code ?? error})`;
  }
}

/** Makes a file with the folders above it. It replaces nothing. */
export function createFile(file: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new UsageError(`\`${file}\` cannot be written (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}
