// One VS Code window, used the way a person uses it: by what can be seen, clicked and typed. Nothing sleeps for a fixed
// time; every step waits for what it needs.
import { basename } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import type { VsCodeServer } from "../host/vscode-server.ts";

const SIZE = { width: 1280, height: 800 };

export class Window {
  /** Addresses other than this machine's that the window asked for. There must be none. */
  readonly outsideRequests: string[] = [];

  private constructor(readonly page: Page) {
    page.setDefaultTimeout(20_000);
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== "127.0.0.1") this.outsideRequests.push(url.href);
    });
  }

  /** Opens a folder and waits until the Explorer shows it. Extensions may still be starting then. */
  static async open(browser: Browser, server: VsCodeServer, folder: string): Promise<Window> {
    const context = await browser.newContext({ viewport: SIZE });
    const window = new Window(await context.newPage());
    await window.page.goto(server.windowUrl(folder), { waitUntil: "domcontentloaded" });
    await window.page.locator(".monaco-workbench .part.statusbar").waitFor();
    await window.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    return window;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Opens a file by its path from the top of the folder, as one does with Ctrl+P. */
  async openFile(path: string): Promise<void> {
    await patiently(async (timeout) => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+P");
      const input = this.quickInput();
      await input.waitFor({ timeout });
      await input.fill(path);
      const name = path.split("/").at(-1) as string;
      await this.page
        .locator(".quick-input-widget:visible .quick-input-list .monaco-list-row.focused")
        .filter({ hasText: name })
        .waitFor({ timeout });
      await input.press("Enter");
      await this.editor(path).waitFor({ timeout });
    });
  }

  editor(path: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${path}"]`);
  }

  /** The lines of a file that are on the screen. */
  async visibleText(path: string): Promise<string> {
    // Lines stand in the page in any order, each at its own height, with no-break spaces.
    const lines = await this.editor(path)
      .locator(".view-lines .view-line")
      .evaluateAll((elements) =>
        elements.map((element) => ({
          top: Number.parseFloat((element as unknown as { style: { top: string } }).style.top),
          text: element.textContent ?? "",
        })),
      );
    lines.sort((a, b) => a.top - b.top);
    return lines.map((line) => line.text.replaceAll("\u00a0", " ")).join("\n");
  }

  squiggles(path: string): Locator {
    const kinds = ["error", "warning", "info", "hint"].map((kind) => `.view-overlays .squiggly-${kind}`);
    return this.editor(path).locator(kinds.join(", "));
  }

  /** Puts the cursor at a place of the active editor; both numbers count from 0. */
  async goTo(line: number, character: number): Promise<void> {
    await patiently(async (timeout) => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+G");
      const input = this.quickInput();
      await input.waitFor({ timeout });
      await input.fill(`:${line + 1}:${character + 1}`);
      await input.press("Enter");
      await input.waitFor({ state: "hidden", timeout });
      const position = `Ln ${line + 1}, Col ${character + 1}`;
      await this.page.locator(".statusbar").getByText(position, { exact: true }).waitFor({ timeout });
    });
  }

  /** Runs a command by its title from the palette. */
  async command(title: string): Promise<void> {
    const row = this.page
      .locator(".quick-input-widget:visible .quick-input-list .monaco-list-row")
      .filter({ hasText: title })
      .first();
    // What is typed while the palette opens is lost.
    await patiently(async (timeout) => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("F1");
      const input = this.quickInput();
      await input.waitFor({ timeout });
      await input.fill(`>${title}`);
      await row.click({ timeout });
    });
  }

  /** Runs a command that asks for a host, and chooses one of the workspace, as soon as the checker knows it. */
  async commandOn(title: string, host: string): Promise<void> {
    await patiently(async (timeout) => {
      await this.command(title);
      const row = this.page.locator(".quick-input-widget:visible .quick-input-list .monaco-list-row.focused");
      await row.filter({ hasText: host }).filter({ hasText: "root" }).waitFor({ timeout });
      await this.page.keyboard.press("Enter");
    });
  }

  /** Answers questions that are asked one after the other: each by the choice that holds a text, or as proposed for "". */
  async answerSteps(...answers: readonly string[]): Promise<void> {
    for (const [index, answer] of answers.entries()) {
      const step = this.page
        .locator(".quick-input-widget:visible")
        .filter({ hasText: `(${index + 1}/${answers.length})` });
      await step.waitFor();
      if (answer !== "") {
        await this.quickInput().fill(answer);
        await step.locator(".monaco-list-row.focused").filter({ hasText: answer }).waitFor();
      }
      await this.page.keyboard.press("Enter");
      await step.waitFor({ state: "hidden" });
    }
  }

  /** Ticks the changes of files in the refactoring preview, where new files are ticked already, and applies all. */
  async applyPreview(): Promise<void> {
    const changed = this.page.locator('.bulk-edit-panel .monaco-list-row[aria-label$=", making text edits"]');
    const apply = this.page.getByRole("button", { name: "Apply" });
    await apply.waitFor();
    for (const box of await changed.locator(".edit-checkbox").all()) await box.check();
    await apply.click();
    await apply.waitFor({ state: "hidden" });
  }

  /** The box that asks something and lets nothing else be done meanwhile. */
  dialog(text: string): Locator {
    return this.page.locator(".monaco-dialog-box").filter({ hasText: text });
  }

  /** The lines of a view in the side bar that are on the screen. */
  lines(view: string): Locator {
    return this.page.getByRole("tree", { name: view }).getByRole("treeitem");
  }

  /** Moves the keyboard's focus down in a list until it is at a line that holds a text. */
  async downTo(text: string): Promise<void> {
    const focused = this.page.locator(".part.sidebar .monaco-list-row.focused").filter({ hasText: text });
    for (let step = 0; step < 40 && (await focused.count()) === 0; step++) await this.page.keyboard.press("ArrowDown");
    await focused.first().waitFor();
  }

  /** Shows the hover at the cursor, as Ctrl+K Ctrl+I does, and waits until it says all of this. */
  async hoverAtCursor(...texts: (string | RegExp)[]): Promise<string> {
    let hover = this.page.locator(".monaco-hover:visible");
    for (const text of texts) hover = hover.filter({ hasText: text });
    await patiently(async (timeout) => {
      await this.page.keyboard.press("Control+K");
      await this.page.keyboard.press("Control+I");
      await hover.first().waitFor({ timeout });
    });
    return ((await hover.first().textContent()) ?? "").replaceAll("\u00a0", " ");
  }

  /** Opens the Quick Fix menu at the cursor and returns its row of this title. */
  async quickFix(title: string): Promise<Locator> {
    const row = this.page.locator(".action-widget .monaco-list-row").filter({ hasText: title }).first();
    // A menu that is asked for while the cursor still moves, or before the findings are there, is dropped.
    await patiently(async (timeout) => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+.");
      await row.waitFor({ timeout });
    });
    return row;
  }

  /** Takes a Quick Fix from the open menu by keyboard: VS Code 1.100 covers the menu against clicks. */
  async takeQuickFix(title: string): Promise<void> {
    const row = await this.quickFix(title);
    const focused = this.page.locator(".action-widget .monaco-list-row.focused").filter({ hasText: title });
    for (let step = 0; step < 40 && (await focused.count()) === 0; step++) {
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page.keyboard.press("Enter");
    await row.waitFor({ state: "detached" });
  }

  /**
   * Shows the Problems panel, narrowed to what holds a text (part of a path, a code, words of a message), and returns
   * its rows, files and findings alike. The panel draws only the rows that fit.
   */
  async problems(filter: string): Promise<Locator> {
    const panel = this.page.locator(".markers-panel");
    await patiently(async (timeout) => {
      if (!(await panel.isVisible())) await this.page.keyboard.press("Control+Shift+M");
      await panel.waitFor({ timeout });
      await this.page.getByPlaceholder(/^Filter \(e\.g\. /).fill(filter, { timeout });
    });
    return panel.locator(".monaco-list-row");
  }

  /**
   * Saves the active editor by Ctrl+S once its tab says that there is something to save, as a person does, and waits
   * until nothing is left to save. An undo over several files reaches the texts some time after the folders.
   */
  async save(file: string): Promise<void> {
    const tab = this.page.locator(`.tab.active[data-resource-name="${basename(file)}"]`);
    const unsaved = tab.and(this.page.locator(".dirty"));
    await unsaved.waitFor();
    await patiently(async (timeout) => {
      // The panel's filter may have the focus; this gives it to the first group of editors.
      await this.page.keyboard.press("Control+1");
      await this.page.keyboard.press("Control+S");
      await unsaved.waitFor({ state: "detached", timeout });
    });
    await tab.waitFor();
  }

  private quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-box input");
  }
}

/** Does as a person does when nothing happens: tries again, each time with more patience. */
async function patiently(action: (timeout: number) => Promise<void>): Promise<void> {
  for (const timeout of [2_000, 4_000, 8_000]) {
    try {
      return await action(timeout);
    } catch {
      // The last try below says what was wrong.
    }
  }
  await action(16_000);
}
