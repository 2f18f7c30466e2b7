import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The VSIX that `npm run package` made, which is what users install. */
export function packagedVsix(): string {
  const { version } = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8")) as { version: string };
  const file = join(process.cwd(), "build", `nix-impermanence-${version}.vsix`);
  if (!existsSync(file)) throw new Error("There is no VSIX: run npm run package first.");
  return file;
}
