import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { calendarFinding, checkedFindings } from "../checked-findings.ts";
import { launchBrowser } from "../host/browser.ts";
import { installVsix, removeFolder, startVsCodeServer, temporaryFolder } from "../host/vscode-server.ts";
import { Window } from "../vscode/window.ts";

/** Wide enough for a line of code and its finding, small enough to be read in a page. */
const SIZE = { width: 1080, height: 640 };

/**
 * Takes the pictures of the README in a real VS Code, with the packaged extension on a copy of the example host.
 *
 * @param vsix the packaged extension
 * @param folder where the PNG files go
 */
export async function takeScreenshots(vsix: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const scratch = temporaryFolder("screenshots");
  const workspace = join(scratch, "hetzner-vps");
  cpSync(join(process.cwd(), "examples", "hetzner-vps"), workspace, { recursive: true });
  const dataFolder = join(scratch, "vscode");
  installVsix("current", dataFolder, vsix);
  const settings = {
    "workbench.colorTheme": "Default Dark Modern",
    "breadcrumbs.enabled": false,
    "editor.stickyScroll.enabled": false,
    "editor.occurrencesHighlight": "off",
  };
  const server = await startVsCodeServer({ version: "current", dataFolder, settings });
  const browser = await launchBrowser();
  try {
    const window = await Window.open(browser, server, workspace);
    const { page } = window;
    await page.setViewportSize(SIZE);
    const shot = async (name: string) => {
      await page.mouse.move(SIZE.width - 1, 1);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    };

    const target = calendarFinding(workspace);
    const { line, character } = target.range.start;
    await window.openFile(target.file);
    await window.goTo(line, character + 1);
    await window.squiggles(target.file).first().waitFor();

    await window.quickFix(target.fix.title);
    await shot("quick-fix");
    await page.keyboard.press("Escape");

    // A store that is begun: the next quote brings what this host would lose.
    const begun = 'environment.persistence."/persist".directories = [ "/var/log" ];';
    const above = readFileSync(join(workspace, target.file), "utf8")
      .split("\n")
      .findIndex((line) => /hostName/.test(line));
    await window.goTo(above, 2);
    await page.keyboard.insertText(`${begun}\n  `);
    await window.goTo(above, 2 + begun.length - " ];".length);
    await page.keyboard.type(' "/var/l');
    const offered = page.locator(".suggest-widget.visible .monaco-list-row");
    await offered.filter({ hasText: "/var/lib/postgresql" }).first().waitFor();
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-details:visible").waitFor();
    await shot("completion");
    await page.keyboard.press("Escape");
    for (let step = 0; step < 8; step++) await page.keyboard.press("Control+Z");

    // The script that was meant to empty the root has the most to say for one picture.
    const script = checkedFindings(workspace).find(({ message }) => message.includes("btrfs subvolume delete /"));
    if (!script) throw new Error("The example has no finding about a delete of the mounted root.");
    await window.command("View: Toggle Primary Side Bar Visibility");
    await window.openFile(script.file);
    await window.problems("");
    await window.openFile(script.file);
    await window.goTo(script.range.start.line, script.range.start.character);
    await window.squiggles(script.file).first().waitFor();
    // Last, because Escape in the panel takes its filter away.
    const rows = await window.problems(`**/${script.file}`);
    await rows.filter({ hasText: script.code }).first().waitFor();
    await rows.filter({ hasText: target.code }).first().waitFor({ state: "detached" });
    await shot("problems");
  } finally {
    await browser.close();
    await server.stop();
    removeFolder(scratch);
  }
}
