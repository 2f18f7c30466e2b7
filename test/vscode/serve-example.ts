import { cpSync } from "node:fs";
import { join } from "node:path";
import { installVsix, removeFolder, startVsCodeServer, temporaryFolder } from "../host/vscode-server.ts";

/**
 * Serves VS Code with the packaged extension and a copy of the example host to a browser on this machine. The server
 * and everything it wrote are gone when this process exits.
 *
 * @param vsix the packaged extension
 * @returns the address to open
 */
export async function serveExample(vsix: string): Promise<string> {
  const scratch = temporaryFolder("demo");
  process.on("exit", () => removeFolder(scratch));
  const dataFolder = join(scratch, "vscode");
  const workspace = join(scratch, "hetzner-vps");
  cpSync(join(process.cwd(), "examples", "hetzner-vps"), workspace, { recursive: true });
  installVsix("current", dataFolder, vsix);
  const server = await startVsCodeServer({ version: "current", dataFolder, defaultFolder: workspace });
  return `http://${server.authority}/`;
}
