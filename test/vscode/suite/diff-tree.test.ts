// The tree of a diff by keyboard alone, on the real host.
import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerDialogs, restoreDialogs } from "./dialogs.ts";
import { compareTrees, shownDiff } from "./diffs.ts";
import { allow, hostFolder, JOSH, run } from "./host.ts";
import { openFileWith, until } from "./workspace.ts";

const { keybindings } =
  vscode.extensions.getExtension("nix-impermanence.nix-impermanence")?.packageJSON.contributes ?? {};
const key = (command: string) => vscode.commands.executeCommand(command);
/** What the key runs, by package.json. */
const space = () => {
  const [{ command, args }] = keybindings as [{ command: string; args: object }];
  return vscode.commands.executeCommand(command, args);
};
const copied = async () => {
  await vscode.env.clipboard.writeText("");
  await run("copyRemotePath");
  return vscode.env.clipboard.readText();
};

/** Waits until the window has drawn the rows, which it does some time after it was told of them, and goes to the first one. */
const focusFirst = (path: string) =>
  until(`row of ${path}`, async () => {
    await key("impermanence.diff.focus");
    await key("list.focusFirst");
    await key("list.toggleSelection");
    const selected = await copied();
    await key("list.toggleSelection");
    return selected === path;
  });

if (hostFolder !== undefined) {
  describe("the tree of a diff", () => {
    before(async () => {
      await openFileWith('"6h"');
      await until("findings", () => vscode.languages.getDiagnostics().length > 0);
      await compareTrees(
        "tree",
        "mkdir srv tmp",
        "echo 1 >srv/one; mkdir -p srv/two/x; echo 2 >srv/two/a; echo 3 >srv/two/x/b; echo 4 >tmp/t",
      );
    });
    afterEach(restoreDialogs);

    it("sets check marks on the line that the keyboard is at, and goes by them", async () => {
      await focusFirst("/srv/one");
      await space();
      assert.equal(await copied(), "/srv/one");
      await key("list.focusDown");
      await space();
      assert.equal(await copied(), "/srv/one\n/srv/two\n/srv/two/a\n/srv/two/x\n/srv/two/x/b");
      await space();
      assert.equal(await copied(), "/srv/one");
    });

    it("opens the row that the keyboard is at by Enter", async () => {
      await key("workbench.action.closeAllEditors");
      await key("impermanence.diff.focus");
      await key("list.focusFirst");
      await key("list.select");
      const tab = await until("an editor", () => vscode.window.tabGroups.activeTabGroup.activeTab);
      assert.equal(tab.label, `one (not in tree-1 ↔ tree-2) · ${JOSH}`);
    });

    it("switches filters, for which the host is asked again", async () => {
      const shown = answerDialogs(allow);
      const paths = async () => (await shownDiff()).rows.map(({ path }) => path);
      assert.ok(!(await paths()).includes("/tmp/t"));
      for (const isShown of [true, false]) {
        await run("toggleFilter", { kind: "filter", filter: "temporary" });
        await until("the filter to be switched", async () => (await paths()).includes("/tmp/t") === isShown);
      }
      assert.deepEqual(shown, []);
    });
  });
}
