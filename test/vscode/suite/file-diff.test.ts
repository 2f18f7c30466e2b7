// How a file of a host changed, in VS Code's diff editor, on the real host.
import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as vscode from "vscode";
import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import { answerDialogs, restoreDialogs, type Shown } from "./dialogs.ts";
import { compareTrees, shownDiff } from "./diffs.ts";
import { allow, atTop, hostFolder, inside, JOSH, run } from "./host.ts";
import { openFileWith, until } from "./workspace.ts";

const sh = (script: string) => inside("bash", "-euc", script);

function rowAt({ rows }: Diff, path: string): DiffRow {
  const row = rows.find((one) => one.path === path);
  assert.ok(row, `${path} is not in ${JSON.stringify(rows)}`);
  return row;
}

/** Opens a row as its line in the tree does. Answers with what the editor shows, and what was asked. */
async function openRow(row: DiffRow, answer: (shown: Shown) => unknown = () => undefined) {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const shown = answerDialogs((one) => answer(one) ?? allow(one));
  await run("openFileDiff", { kind: "row", row });
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  if (!(tab?.input instanceof vscode.TabInputTextDiff)) return { shown, tab: undefined };
  const { original, modified } = tab.input;
  const [before, after] = await Promise.all(
    [original, modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
  );
  return { shown, tab: { title: tab.label, original, modified, before, after } };
}

if (hostFolder !== undefined) {
  describe("the content of a file of a host", () => {
    let found: Diff;
    before(async () => {
      await openFileWith('"6h"');
      await until("findings", () => vscode.languages.getDiagnostics().length > 0);
      found = await compareTrees(
        "files",
        "echo one >text; printf 'a\\0b' >binary; head -c 1100000 /dev/zero | tr '\\0' x >long; echo gone >deleted; mkdir old; echo was >old/file; echo mode >mode; ln -s /etc link; echo s3cret-1 >app-token; echo k >plain; printf o >$'odd\\xff'",
        "echo two >text; printf 'a\\0c' >binary; echo y >>long; rm deleted; mv old new; echo is >new/file; chmod 600 mode; ln -sfn /srv link; echo s3cret-2 >app-token; echo '-----BEGIN OPENSSH PRIVATE KEY-----' >plain; printf p >$'odd\\xff'; mkdir folder; touch folder/empty; echo n >\"$(printf 'new\\nline')\"",
      );
    });
    afterEach(restoreDialogs);

    it("is compared side by side, read-only, with a title that says what with what", async () => {
      const { tab } = await openRow(rowAt(found, "/text"));
      assert.deepEqual([tab?.before, tab?.after], ["one\n", "two\n"]);
      assert.equal(tab?.title, `text (files-1 ↔ files-2) · ${JOSH}`);
      const uri = tab?.modified as vscode.Uri;
      assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme), false);
      await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, Buffer.from("x")));
    });

    it("is asked of the host once for each diff", async () => {
      atTop("btrfs property set snapshots/files-2 ro false; echo three >snapshots/files-2/text; sync -f .");
      const row = rowAt(found, "/text");
      assert.equal((await openRow(row)).tab?.after, "two\n");
      answerDialogs(allow);
      await run("refreshDiff");
      assert.equal((await openRow(row)).tab?.after, "three\n");
    });

    it("has one side where the other never was, and follows directories that were renamed", async () => {
      const added = await openRow(rowAt(found, "/new\nline"));
      assert.deepEqual([added.tab?.before, added.tab?.after], ["", "n\n"]);
      assert.match(added.tab?.title ?? "", /^new<U\+000A>line \(not in files-1 ↔ files-2\)/);
      const deleted = await openRow(rowAt(found, "/deleted"));
      assert.deepEqual([deleted.tab?.before, deleted.tab?.after], ["gone\n", ""]);
      const moved = await openRow(rowAt(found, "/new/file"));
      assert.deepEqual([moved.tab?.before, moved.tab?.after], ["was\n", "is\n"]);
    });

    it("is found by its exact bytes where its name is no text", async () => {
      const { tab } = await openRow(rowAt(found, "/odd\ufffd"));
      assert.deepEqual([tab?.before, tab?.after], ["o", "p"]);
    });

    it("is said in words where it is no text: binary, links, directories, owner and mode", async () => {
      const binary = await openRow(rowAt(found, "/binary"));
      assert.match(binary.tab?.before ?? "", /^Binary content.*3 bytes\nSHA-256 /);
      assert.notEqual(binary.tab?.before, binary.tab?.after);
      assert.equal((await openRow(rowAt(found, "/link"))).tab?.after, "A symbolic link to /srv\n");
      const folder = await openRow({ ...rowAt(found, "/folder/empty"), type: "directory" });
      assert.equal(folder.tab, undefined);
      assert.match(folder.shown[0]?.text ?? "", /is a directory/);
      const mode = await openRow(rowAt(found, "/mode"));
      assert.match(mode.shown.at(-1)?.text ?? "", /content of \/mode is the same\. .*owner, mode/);
    });

    it("is read whole when it is large only if the user wants it", async () => {
      const row = rowAt(found, "/long");
      const no = await openRow(row);
      assert.match(
        no.shown.find(({ kind }) => kind === "warning")?.text ?? "",
        /has 1\.0 MiB\. Read it all the same\?/,
      );
      assert.match(no.tab?.before ?? "", /^1\.0 MiB: more than/);
      await run("refreshDiff");
      const yes = await openRow(row, ({ buttons }) => buttons.find((one) => one === "Read It"));
      assert.equal(yes.tab?.after?.length, 1_100_002);
    });

    it("is shown only after a question where it may be a secret, is not kept, and is on no disk", async () => {
      for (const path of ["/app-token", "/plain"]) {
        const row = rowAt(found, path);
        const no = await openRow(row);
        assert.equal(no.tab, undefined);
        assert.match(no.shown.at(-1)?.text ?? "", /may hold a secret/);
        const yes = await openRow(row, ({ buttons }) => buttons.find((one) => one === "Show It"));
        assert.match(yes.tab?.after ?? "", /s3cret-2|PRIVATE KEY/);
        const uri = yes.tab?.modified as vscode.Uri;
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        await until("the content to be forgotten", async () =>
          Buffer.from(await vscode.workspace.fs.readFile(uri))
            .toString()
            .startsWith("This content is not kept"),
        );
      }
      const search = spawnSync("grep", ["-rl", "s3cret-", process.env.TEST_DATA_FOLDER as string], {
        encoding: "utf8",
      });
      assert.deepEqual([search.status, search.stdout], [1, ""]);
    });

    it("is not shown when reading it is cancelled", async () => {
      const { withProgress } = vscode.window;
      const source = new vscode.CancellationTokenSource();
      const instead = (_: unknown, task: (...all: unknown[]) => unknown) => {
        setTimeout(() => source.cancel(), 50);
        return task({ report: () => {} }, source.token);
      };
      Object.defineProperty(vscode.window, "withProgress", { value: instead, configurable: true, writable: true });
      try {
        const { shown, tab } = await openRow(rowAt(found, "/text"));
        assert.deepEqual([tab, shown], [undefined, []]);
      } finally {
        Object.defineProperty(vscode.window, "withProgress", {
          value: withProgress,
          configurable: true,
          writable: true,
        });
      }
    });

    it("is forgotten with its diff, and a URI that nobody kept runs nothing", async () => {
      const { tab } = await openRow(rowAt(found, "/text"));
      await run("refreshDiff");
      assert.equal(Buffer.from(await vscode.workspace.fs.readFile(tab?.modified as vscode.Uri)).toString(), "three\n");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      const made = vscode.Uri.from({ scheme: "impermanence-file", path: `/${JOSH}/now/etc/shadow`, query: "x-1" });
      for (const uri of [tab?.modified as vscode.Uri, made])
        await until("the words that it is not kept", async () =>
          Buffer.from(await vscode.workspace.fs.readFile(uri))
            .toString()
            .startsWith("This content is not kept"),
        );
    });

    it("is that of the running root against its baseline, also below a mount, and errors are told", async () => {
      sh("mkdir -p /srv/data; echo below >/srv/data/file; mount -t tmpfs none /srv/data");
      answerDialogs(allow);
      await run("hostDiff", JOSH);
      // The document of the last diff is taken over by this one.
      const live = await until("the new diff", async () => {
        const diff = await shownDiff();
        return diff.question === "next-reboot" && diff;
      });
      const row = rowAt(live, "/srv/data/file");
      const { tab } = await openRow(row);
      assert.deepEqual([tab?.before, tab?.after], ["", "below\n"]);
      assert.match(tab?.title ?? "", /^file \(not in root-blank ↔ now\)/);
      sh("umount /srv/data; rm -r /srv/data; ln -s /etc /srv/data");
      await run("refreshDiff");
      const { shown } = await openRow(row);
      assert.match(shown.find(({ kind }) => kind === "error")?.text ?? "", /symbolic link/);
      sh("rm /srv/data");
    });
  });
}
