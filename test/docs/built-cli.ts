import { existsSync } from "node:fs";
import { join } from "node:path";

/** The command line tool as `npm run build` made it. */
export function builtCli(): string {
  const cli = join(process.cwd(), "dist", "cli.js");
  if (!existsSync(cli)) throw new Error("There is no dist/cli.js: run npm run build first.");
  return cli;
}
