import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser } from "../host/browser.ts";
import { installVsix, removeFolder, startVsCodeServer, temporaryFolder } from "../host/vscode-server.ts";
import { EXAMPLE_HOST, startLiveHost } from "../vscode/live-host.ts";
import { Window } from "../vscode/window.ts";

const SIZE = { width: 1080, height: 640 };

/**
 * Takes the pictures of live hosts in a real VS Code, with the packaged extension and a host over ssh. Root only.
 *
 * @param vsix the packaged extension
 * @param folder where the PNG files go
 */
export async function takeHostScreenshots(vsix: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const scratch = temporaryFolder("host-screenshots");
  const workspace = join(scratch, "hetzner-vps");
  cpSync(join(process.cwd(), "examples", "hetzner-vps-fixed"), workspace, { recursive: true });
  const dataFolder = join(scratch, "vscode");
  installVsix("current", dataFolder, vsix);
  const host = await startLiveHost();
  const settings = {
    "workbench.colorTheme": "Default Dark Modern",
    "breadcrumbs.enabled": false,
    "window.commandCenter": false,
    "editor.stickyScroll.enabled": false,
    "editor.wordWrap": "on",
    "diffEditor.renderSideBySide": true,
    "diffEditor.useInlineViewWhenSpaceIsLimited": false,
    "impermanence.remote.sshConfigFile": host.configFile,
  };
  const server = await startVsCodeServer({ version: "current", dataFolder, settings });
  const browser = await launchBrowser();
  try {
    const window = await Window.open(browser, server, workspace);
    const { page } = window;
    await page.setViewportSize(SIZE);
    const press = (key: string) => page.keyboard.press(key);
    const shot = async (name: string) => {
      await page.mouse.move(SIZE.width - 1, 1);
      await page.locator(".notification-toast").first().waitFor({ state: "detached" });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    await window.openFile("flake.nix");
    await window.commandOn("Impermanence: Status of a Live Host", EXAMPLE_HOST);
    await window.dialog(`run ssh on ${EXAMPLE_HOST}?`).waitFor();
    await press("Enter");
    await page.getByRole("tab", { name: "status.txt" }).waitFor();
    await window.commandOn("Impermanence: List Snapshots", EXAMPLE_HOST);
    await page.getByRole("tab", { name: "list.txt" }).waitFor();
    await window.commandOn("Impermanence: What Would the Next Reboot Lose?", EXAMPLE_HOST);
    await window.lines("The Next Reboot Loses").filter({ hasText: "/etc/widget.conf" }).waitFor();
    await window.command("View: Close All Editors");
    // Wider, so that what is said of each row can be read.
    const side = await page.locator(".part.sidebar").boundingBox();
    const edge = side ? side.x + side.width + 2 : 0;
    await page.mouse.move(edge, SIZE.height / 2);
    await page.mouse.down();
    await page.mouse.move(edge + 110, SIZE.height / 2, { steps: 5 });
    await page.mouse.up();
    await window.command("Impermanence: Show the Last Diff");
    await window.downTo("/var/lib/grafana");
    await press("Space");
    await page.getByText("4 have a check mark.").waitFor();
    await press("ArrowRight");
    await press("Home");
    await window.downTo("/etc/widget.conf");
    await press("Enter");
    await page.getByRole("tab", { name: "widget.conf" }).waitFor();
    await shot("diff");

    await window.command("View: Close All Editors");
    await window.command("Impermanence: Open as a Document");
    await page.getByRole("tab", { name: "diff.txt" }).waitFor();
    const lines = window.lines("Hosts");
    await lines.filter({ hasText: EXAMPLE_HOST }).first().click();
    await lines.filter({ hasText: "Persisted" }).first().click();
    await lines.filter({ hasText: "At risk" }).waitFor();
    await shot("hosts");
  } finally {
    await browser.close();
    await server.stop();
    host.run("destroy");
    removeFolder(scratch);
  }
}
