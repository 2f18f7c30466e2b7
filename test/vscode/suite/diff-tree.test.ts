// The tree of a diff by keyboard alone, on the real host.
import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerDialogs, restoreDialogs } from "./dialogs.ts";
import { compareTrees, shownDiff } from "./diffs.ts";
import { allow, hostFolder, JOSH, run } from "./host.ts";
import { openFileWith, until } from "./workspace.ts";

const key = (command: string) => vscode.commands.executeCommand(command);
/** Opens the line at the keyboard. VS Code asks for its children afterwards, and tells nobody when they are there. */
const expand = async () => {
  await key("list.expand");
  await new Promise((resolve) => setTimeout(resolve, 400));
};
const copied = async () => {
  await vscode.env.clipboard.writeText("");
  await run("copyRemotePath");
  return vscode.env.clipboard.readText();
};

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
      await key("impermanence.diff.focus");
      await key("list.focusFirst");
      await run("checkRow");
      assert.equal(await copied(), "/srv/one");
      await key("list.focusDown");
      await run("checkRow");
      assert.equal(await copied(), "/srv/one\n/srv/two\n/srv/two/a\n/srv/two/x\n/srv/two/x/b");
      // A line of a group, when it is open, has a mark of its own.
      await expand();
      await key("list.focusDown");
      await run("checkRow");
      assert.equal(await copied(), "/srv/one\n/srv/two/a\n/srv/two/x\n/srv/two/x/b");
      await run("checkRow");
    });

    it("opens the row that the keyboard is at by Enter", async () => {
      await key("workbench.action.closeAllEditors");
      await key("impermanence.diff.focus");
      await key("list.focusFirst");
      await key("list.select");
      const tab = await until("an editor", () => vscode.window.tabGroups.activeTabGroup.activeTab);
      assert.equal(tab.label, `one (not in tree-1 ↔ tree-2) · ${JOSH}`);
    });

    it("has a switch for each filter as its last lines, which asks the host again", async () => {
      const shown = answerDialogs(allow);
      const paths = async () => (await shownDiff()).rows.map(({ path }) => path);
      assert.ok(!(await paths()).includes("/tmp/t"));
      for (const isShown of [true, false]) {
        await key("impermanence.diff.focus");
        await key("list.focusLast");
        await expand();
        await key("list.focusLast");
        await run("checkRow");
        await until("the filter to be switched", async () => (await paths()).includes("/tmp/t") === isShown);
      }
      assert.deepEqual(shown, []);
    });
  });
}
