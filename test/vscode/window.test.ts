import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CheckedFinding, calendarFinding, checkedFindings } from "../checked-findings.ts";
import { launchBrowser } from "../host/browser.ts";
import {
  installVsix,
  removeFolder,
  startVsCodeServer,
  temporaryFolder,
  VERSIONS,
  type Version,
  type VsCodeServer,
} from "../host/vscode-server.ts";
import { packagedVsix } from "./packaged-vsix.ts";
import { Window } from "./window.ts";

/** A window takes its time, more so on a busy machine. */
const PATIENT = { timeout: 20_000 };
const screenshots = join(process.cwd(), "build", "screenshots");

let browser: Browser;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe.each(Object.keys(VERSIONS) as Version[])("the packaged extension in VS Code (%s)", (version) => {
  const scratch = temporaryFolder(`window-${version}`);
  const workspace = join(scratch, "hetzner-vps");
  let server: VsCodeServer;
  let window: Window;
  let target: ReturnType<typeof calendarFinding>;
  let inFile: CheckedFinding[];

  const screenshot = (name: string) => window.page.screenshot({ path: join(screenshots, `${version}-${name}.png`) });

  beforeAll(async () => {
    cpSync(join(process.cwd(), "examples", "hetzner-vps"), workspace, { recursive: true });
    target = calendarFinding(workspace);
    inFile = checkedFindings(workspace).filter((finding) => finding.file === target.file);
    const dataFolder = join(scratch, "vscode");
    installVsix(version, dataFolder, packagedVsix());
    server = await startVsCodeServer({ version, dataFolder });
    window = await Window.open(browser, server, workspace);
    await window.openFile(target.file);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === "fail") await screenshot(`failed-${context.task.name.replace(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await window?.close();
    await server?.stop();
    removeFolder(scratch);
  });

  it("draws a squiggle under what is wrong", async () => {
    await window.goTo(target.range.start.line, target.range.start.character);
    await window.squiggles(target.file).first().waitFor();
    await screenshot("squiggles");
    expect(await window.squiggles(target.file).count()).toBeGreaterThan(0);
  });

  it("lists the findings of the whole host in the Problems panel", async () => {
    await window.problems(`**/${target.file}`);
    const all = checkedFindings(workspace);
    await window.page.getByText(`Showing ${inFile.length} of ${all.length}`).waitFor();
    await screenshot("problems");
    for (const finding of inFile) {
      const rows = await window.problems(plainWords(finding));
      await rows
        .filter({ hasText: finding.code })
        .filter({ hasText: plainWords(finding) })
        .first()
        .waitFor();
    }
  });

  it("tells on hover what the next boot does to a path", async () => {
    const place = firstStatePath(workspace);
    await window.openFile(place.file);
    await window.goTo(place.line, place.character);
    const hover = await window.hoverAtCursor(place.path, /boot/i);
    await screenshot("hover");
    expect(hover).toContain(place.path);
  });

  it("offers what the host would lose while one types, however fast, and writes it with its owner by Enter", async () => {
    const lines = readFileSync(join(workspace, target.file), "utf8").split("\n");
    const above = lines.findIndex((line) => line.includes("networking.hostName"));
    const store = 'environment.persistence."/persist".directories = [ "/var/log" ];';
    await window.openFile(target.file);
    await window.goTo(above, 2);
    await window.page.keyboard.insertText(`${store}\n  `);
    await window.goTo(above, 2 + store.length - " ];".length);
    await window.page.keyboard.type(' "/var/lib/p');
    const rows = window.page.locator(".suggest-widget.visible .monaco-list-row");
    await rows.filter({ hasText: "/var/lib/postgresql" }).first().waitFor();
    await screenshot("completion");
    await window.page.keyboard.press("Enter");
    const written = '{ directory = "/var/lib/postgresql"; user = "postgres"; group = "postgres";';
    await expect.poll(() => window.visibleText(target.file), PATIENT).toContain(written);
    await window.command("File: Revert File");
    await expect.poll(() => window.visibleText(target.file), PATIENT).not.toContain(written);
  });

  it("fixes a finding by Ctrl+. and takes it off the list", async () => {
    await window.openFile(target.file);
    await window.goTo(target.range.start.line, target.range.start.character + 1);
    await window.quickFix(target.fix.title);
    await screenshot("quick-fix");
    await window.takeQuickFix(target.fix.title);
    const rows = await window.problems(`**/${target.file}`);
    const row = rows.filter({ hasText: target.code }).filter({ hasText: plainWords(target) });
    await row.first().waitFor({ state: "detached" });
    await screenshot("fixed");
    expect(await window.visibleText(target.file)).not.toContain('"6h"');
    await window.save(target.file);
    const left = checkedFindings(workspace).filter((finding) => finding.code === target.code);
    expect(left.map((finding) => finding.message)).not.toContain(target.message);
  });

  it("scaffolds the modules for servers, and takes all of it back by one Ctrl+Z", async () => {
    const before = textsBelow(workspace);
    await window.openFile(target.file);
    await window.command("Scaffold Server Modules");
    await window.answerSteps("hetzner-vps", "New modules", "", "", "", "", "");
    // What cannot be planned is said, with a way to answer otherwise.
    await window.page.getByRole("button", { name: "Change the Answers…" }).click();
    await window.answerSteps("hetzner-vps", "Migrate", "impermanence", "Balanced", "btrbk", "Without", "");
    await window.applyPreview();
    const own = join(workspace, "hosts/servers/hetzner-vps/server-impermanence.nix");
    await expect.poll(() => existsSync(own), PATIENT).toBe(true);
    await screenshot("scaffolded");
    await window.page.getByText("# Before hetzner-vps boots with the modules").first().waitFor();
    await window.openFile(target.file);
    await window.page.keyboard.press("Control+Z");
    await expect.poll(() => existsSync(own), PATIENT).toBe(false);
    // VS Code leaves it to the person to save what an undo changed.
    for (const file of ["flake.nix", "hosts/servers/hetzner-vps/disko.nix", target.file]) {
      await window.openFile(file);
      await window.save(file);
    }
    // While VS Code writes a file, it is empty for a moment.
    await expect.poll(() => textsBelow(workspace), PATIENT).toEqual(before);
  });

  it("asks nothing of the network", () => {
    expect(window.outsideRequests).toEqual([]);
  });
});

/** Every file below a folder, and what is in it. */
function textsBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

/** The longest run of plain words in a message: enough to know it by, and nothing that means more to a filter. */
function plainWords(finding: CheckedFinding): string {
  const runs = (finding.message.split("\n")[0] as string).match(/[A-Za-z][A-Za-z ]*[A-Za-z]/g) ?? [];
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), "");
}

/** A path below /var/lib that the example writes as a string of its own. */
function firstStatePath(folder: string): { file: string; line: number; character: number; path: string } {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".nix"));
  for (const file of files.sort()) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    for (const [line, text] of lines.entries()) {
      const found = /"(\/var\/lib\/[\w-]+)"/.exec(text);
      if (found) return { file, line, character: found.index + 3, path: found[1] as string };
    }
  }
  throw new Error("The example writes no path below /var/lib.");
}
