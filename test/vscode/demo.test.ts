import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../host/browser.ts";

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("nix-impermanence-demo-"));

const before = folders();
const demo = spawn(process.execPath, ["scripts/demo.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
const exitCode = new Promise<number | null>((resolve) => demo.once("exit", resolve));
let address: string;
beforeAll(async () => {
  let output = "";
  address = await new Promise((resolve, reject) => {
    demo.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0];
      if (found) resolve(found);
    });
    demo.once("exit", () => reject(new Error(`The demo ended by itself: ${output}`)));
  });
});
afterAll(() => demo.kill("SIGKILL"));

it("serves VS Code with the example open and the extension installed", async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(address);
    const files = page.locator(".explorer-folders-view");
    await files.getByRole("treeitem", { name: "flake.nix" }).dblclick();
    // Only the extension knows the language of this file.
    await page.locator(".statusbar").getByText("Nix", { exact: true }).waitFor();
  } finally {
    await browser.close();
  }
});

it("ends on Ctrl+C and leaves nothing behind", async () => {
  demo.kill("SIGINT");
  expect(await exitCode).toBe(0);
  expect(folders()).toEqual(before);
  await expect(fetch(address)).rejects.toThrow();
});
