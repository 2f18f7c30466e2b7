import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../host/browser.ts";
import {
  installVsix,
  removeFolder,
  startVsCodeServer,
  temporaryFolder,
  type VsCodeServer,
} from "../host/vscode-server.ts";
import type { TestHost } from "../remote/test-host.ts";
import { EXAMPLE_HOST, startLiveHost } from "./live-host.ts";
import { packagedVsix } from "./packaged-vsix.ts";
import { Window } from "./window.ts";

const screenshots = join(process.cwd(), "build", "screenshots");
const DIFF = "The Next Reboot Loses";

describe("a live host in VS Code, by keyboard alone", () => {
  const scratch = temporaryFolder("hosts");
  const workspace = join(scratch, "hetzner-vps");
  let browser: Browser;
  let host: TestHost;
  let server: VsCodeServer;
  let window: Window;
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => window.page.keyboard.press(key)), Promise.resolve());
  const marks = (text: string) =>
    window.lines(DIFF).filter({ hasText: text }).locator(".custom-view-tree-node-item-checkbox");
  const isMarked = async (mark: Locator) => (await mark.getAttribute("aria-checked")) === "true";
  const screenshot = (name: string) => window.page.screenshot({ path: join(screenshots, `current-${name}.png`) });

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    cpSync(join(process.cwd(), "examples", "hetzner-vps-fixed"), workspace, { recursive: true });
    const dataFolder = join(scratch, "vscode");
    installVsix("current", dataFolder, packagedVsix());
    host = await startLiveHost();
    const settings = { "impermanence.remote.sshConfigFile": host.configFile };
    server = await startVsCodeServer({ version: "current", dataFolder, settings });
    browser = await launchBrowser();
    window = await Window.open(browser, server, workspace);
    await window.openFile("flake.nix");
  });
  afterEach(async (context) => {
    if (context.task.result?.state === "fail") await screenshot(`failed-${context.task.name.replace(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await server?.stop();
    host?.run("destroy");
    removeFolder(scratch);
  });

  it("asks before ssh is run, with what the name stands for", async () => {
    await window.commandOn("Impermanence: What Would the Next Reboot Lose?", EXAMPLE_HOST);
    const dialog = window.dialog(`Let Nix Impermanence run ssh on ${EXAMPLE_HOST}?`);
    await dialog.waitFor();
    expect(await dialog.textContent()).not.toContain("ssh connects to");
    await press("Tab");
    await press("Enter");
    await dialog.getByText(/ssh connects to josh@127\.0\.0\.1, port \d+\./).waitFor();
    await screenshot("consent");
    await press("Enter");
    await dialog.waitFor({ state: "detached" });
  });

  it("shows the diff as a tree, with counts, and takes check marks by Space", async () => {
    const lines = window.lines(DIFF);
    await lines.filter({ hasText: "/etc/widget.conf" }).waitFor();
    await window.page.getByText(/\d+ changes against root-blank\. \d+ more are hidden by filters\./).waitFor();
    await window.downTo("/var/lib/grafana");
    await press("Space");
    await window.page.getByText("4 have a check mark.").waitFor();
    await press("ArrowRight");
    await lines.filter({ hasText: "grafana.db" }).waitFor();
    await screenshot("diff");
    await window.downTo("grafana.db");
    await press("Space");
    await window.page.getByText("3 have a check mark.").waitFor();
  });

  it("keeps the marks of a group and of its rows together, by key and by mouse", async () => {
    const group = marks("/var/lib/grafana").first();
    const rows = window.page.locator('.monaco-list-row[aria-level="2"] .custom-view-tree-node-item-checkbox');
    const states = async () => [await isMarked(group), ...(await Promise.all((await rows.all()).map(isMarked)))];
    await expect.poll(states).toEqual([false, true, false, true, true]);
    await marks("grafana.db").click();
    await expect.poll(states).toEqual([true, true, true, true, true]);
    await marks("grafana.db").click();
    await window.page.getByText("3 have a check mark.").waitFor();
    await expect.poll(states).toEqual([false, true, false, true, true]);
    // Marks that are set one after the other, quicker than VS Code draws them.
    await window.downTo("grafana.db");
    await press("Space", "ArrowUp", "ArrowUp", "Space", "ArrowDown", "Space");
    await expect.poll(states).toEqual([false, true, false, false, false]);
    await press("Space", "ArrowUp", "Space", "ArrowDown", "ArrowDown", "Space");
    await expect.poll(states).toEqual([false, true, false, true, true]);
    await window.page.getByText("3 have a check mark.").waitFor();
  });

  it("has a switch with its count for each filter as the last lines", async () => {
    const lines = window.lines(DIFF);
    await window.downTo("hidden by filters");
    await press("ArrowRight");
    await lines.filter({ hasText: "2 hidden" }).filter({ hasText: "/tmp" }).waitFor();
    await window.downTo("/tmp");
    await press("Space");
    await lines.filter({ hasText: "/tmp/build" }).waitFor();
    await lines.filter({ hasText: "2 shown" }).filter({ hasText: "/tmp" }).waitFor();
    await window.downTo("2 shown");
    await press("Space");
    await lines.filter({ hasText: "/tmp/build" }).waitFor({ state: "detached" });
  });

  it("opens the content of a file by Enter, side by side", async () => {
    await press("Home");
    await window.downTo("/etc/widget.conf");
    await press("Enter");
    const title = `widget.conf (root-blank ↔ now) · ${EXAMPLE_HOST}`;
    await window.page.getByRole("tab", { name: title }).waitFor();
    const changed = window.page.locator(".monaco-diff-editor .view-line").filter({ hasText: "workers" });
    await changed.nth(1).waitFor();
    await screenshot("diff-editor");
    expect((await changed.allTextContents()).map((text) => text.replaceAll("\u00a0", " "))).toEqual([
      ...["workers = 2", "workers = 8"],
    ]);
  });

  it("has all that can be done with a row in its menu, by Shift+F10", async () => {
    await window.command("Impermanence: Show the Last Diff");
    await window.downTo("/var/lib/forgejo");
    await press("Shift+F10");
    const menu = window.page.locator(".monaco-menu:visible");
    for (const title of ["Persist in the Configuration", "Copy Path"]) await menu.getByText(title).waitFor();
    await press("Escape");
  });

  it("shows hosts with what the configuration and the host itself say", async () => {
    await window.commandOn("Impermanence: Status of a Live Host", EXAMPLE_HOST);
    await window.page.getByRole("tab", { name: "status.txt" }).waitFor();
    await window.lines("Hosts").filter({ hasText: EXAMPLE_HOST }).first().click();
    await window.lines("Hosts").filter({ hasText: "At risk" }).waitFor();
    await screenshot("hosts");
    expect(await window.lines("Hosts").filter({ hasText: "At risk" }).textContent()).toMatch(/changes on the host/);
    expect(window.outsideRequests).toEqual([]);
  });
});
