import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { isWithin } from "../eval/path-name.ts";

/** What a list of patterns in `.gitignore` syntax leaves out below a folder. */
export class Exclusion {
  private readonly base: string;
  private readonly rules: Ignore;

  constructor(base: string, patterns: readonly string[] | string) {
    this.base = base;
    this.rules = ignore().add(typeof patterns === "string" ? patterns : [...patterns]);
  }

  /** Paths are absolute with `/` separators; what lies outside the folder is not excluded. */
  excludes(file: string, isDirectory = false): boolean {
    if (file === this.base || !isWithin(file, this.base)) return false;
    return this.rules.ignores(`${path.posix.relative(this.base, file)}${isDirectory ? "/" : ""}`);
  }
}
