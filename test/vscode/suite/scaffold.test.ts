import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { findings, openFileWith, until } from "./workspace.ts";

const run = (command: string) => vscode.commands.executeCommand(command);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const exists = (uri: vscode.Uri) =>
  vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );

/** The steps that were shown, in order. */
function watchSteps(): number[] {
  const steps: number[] = [];
  for (const name of ["createQuickPick", "createInputBox"] as const) {
    const original: () => vscode.QuickInput = vscode.window[name].bind(vscode.window);
    const value = () => {
      const input = original();
      const show = input.show.bind(input);
      input.show = () => {
        steps.push(input.step ?? 0);
        show();
      };
      return input;
    };
    Object.defineProperty(vscode.window, name, { configurable: true, writable: true, value });
  }
  return steps;
}

const accept = "workbench.action.acceptSelectedQuickOpenItem";
const next = "workbench.action.quickOpenSelectNext";
const back = "workbench.action.quickInputBack";

/** Answers the steps that are shown, one after the other; the last key ends them. */
async function answer(steps: readonly number[], keys: readonly string[]): Promise<void> {
  await until("first step", () => steps.length === 1);
  for (const [index, key] of keys.entries()) {
    const shown = steps.length;
    await pause(300);
    await run(key);
    if (key !== next && index < keys.length - 1) await until("next step", () => steps.length > shown);
  }
}

/** The edits that were handed to VS Code, which shows them before it makes them. */
function watchEdits(): vscode.WorkspaceEdit[] {
  const edits: vscode.WorkspaceEdit[] = [];
  const original = vscode.workspace.applyEdit.bind(vscode.workspace);
  const value = (edit: vscode.WorkspaceEdit, metadata?: vscode.WorkspaceEditMetadata) => {
    edits.push(edit);
    return original(edit, metadata);
  };
  Object.defineProperty(vscode.workspace, "applyEdit", { configurable: true, writable: true, value });
  return edits;
}

describe("scaffolding server modules", () => {
  it("asks step by step, can go back, shows a preview, and writes what is ticked there", async function () {
    this.timeout(100_000);
    const { editor } = await openFileWith('"6h"');
    const host = editor.document;
    const textOf = async (uri: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    await until("findings", () => findings(host.uri).length > 0);
    const folder = vscode.workspace.getWorkspaceFolder(host.uri)!.uri;
    const changed = ["flake.nix", "hosts/servers/hetzner-vps/disko.nix", "hosts/servers/hetzner-vps/default.nix"];
    const files = changed.map((path) => vscode.Uri.joinPath(folder, path));
    const before = await Promise.all(files.map(textOf));
    const own = vscode.Uri.joinPath(host.uri, "..", "server-impermanence.nix");
    const modules = vscode.Uri.joinPath(folder, "modules", "server-impermanence");
    const steps = watchSteps();
    const planned = watchEdits();
    const done = Promise.resolve(run("impermanence.scaffoldModules"));
    // The host; new modules, which is taken back; migrate; what persists; a mode; btrbk, which is taken back and asked
    // again with what was chosen; metrics; the folder.
    await answer(steps, [
      ...[accept, accept, back],
      ...[next, accept, accept, next, accept],
      ...[next, accept, back, accept, next, accept, accept],
    ]);
    assert.deepEqual(steps, [1, 2, 3, 2, 3, 4, 5, 6, 5, 6, 7]);
    await until("plan", () => planned.length > 0, 40);
    await pause(2500);
    assert.equal(await exists(own), false);
    await run("refactorPreview.focus");
    await run("list.focusFirst");
    await run("refactorPreview.toggleCheckedState");
    await run("refactorPreview.apply");
    await done;
    const written = await textOf(own);
    assert.match(written, /snapshotPolicy\.backend = "btrbk";/);
    assert.match(written, /monitoring\.enable = true;/);
    // The host says its mode itself, and keeps it.
    assert.doesNotMatch(written, /performanceMode/);
    assert.ok(await exists(vscode.Uri.joinPath(modules, "scripts", "wipe-root.sh")));
    // New files are ticked from the start, and one change was ticked; the others were not, and stay as they were.
    const after = await until("saved change", async () => {
      const texts = await Promise.all(files.map(textOf));
      return texts.some((text, index) => text !== before[index]) && texts;
    });
    assert.equal(after.filter((text, index) => text !== before[index]).length, 1);
    // Also when the editor of the preview opens only now.
    await until("what is left to do, in front", () =>
      /^# Before hetzner-vps boots with the modules/.test(vscode.window.activeTextEditor?.document.getText() ?? ""),
    );
    await run("workbench.action.revertAndCloseActiveEditor");
    // The example is as it was for the tests that follow.
    for (const uri of [own, modules]) await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false });
    for (const [index, uri] of files.entries()) {
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(before[index]!));
    }
    await until("the example as it was", () => host.getText() === before[2]);
  });
});
