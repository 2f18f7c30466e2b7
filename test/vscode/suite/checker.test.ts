import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerDialogs, restoreDialogs } from "./dialogs.ts";
import { codeOf, findings, openFileWith, revert, until } from "./workspace.ts";

/** A timer of the example asks for this; systemd knows it as a time span and refuses it as a calendar. */
const SPAN = '"6h"';

/** The finding on that timer, and where it is. */
async function calendarFinding() {
  const { editor, range } = await openFileWith(SPAN);
  const { document } = editor;
  const here = () => findings(document.uri).find((finding) => finding.range.intersection(range));
  const finding = await until(`finding on ${SPAN}`, here);
  return { document, range, finding, here };
}

async function quickFixes(document: vscode.TextDocument, range: vscode.Range, kind: vscode.CodeActionKind) {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    kind.value,
    20,
  );
  return actions.filter((action) => action.edit);
}

describe("the extension", () => {
  it("answers the command that it starts with", async () => {
    const shown = answerDialogs(() => undefined);
    try {
      await vscode.commands.executeCommand("impermanence.showHosts");
    } finally {
      restoreDialogs();
    }
    assert.deepEqual(
      shown.map(({ kind, buttons }) => ({ kind, buttons })),
      [{ kind: "pick", buttons: ["hetzner-vps"] }],
    );
  });

  // That a Nix file starts it is shown in test/vscode/window.test.ts, where no command was run before.
  it("gives Nix files the language id nix", async () => {
    const { editor } = await openFileWith(SPAN);
    assert.equal(editor.document.languageId, "nix");
  });

  it("contributes every command that it registers", async () => {
    const extension = vscode.extensions.getExtension("nix-impermanence.nix-impermanence");
    const contributed: string[] = extension?.packageJSON.contributes.commands.map(
      (command: { command: string }) => command.command,
    );
    const all = await vscode.commands.getCommands(true);
    // Every view and status bar has commands of its own, with a dot behind the extension's prefix and id.
    const registered = all.filter((command) => /^impermanence\.[A-Za-z]+$/.test(command));
    assert.deepEqual(registered.sort(), contributed.sort());
  });
});

describe("findings", () => {
  it("stand at the place of the mistake, with a code that links to its page", async () => {
    const { finding } = await calendarFinding();
    assert.match(codeOf(finding), /^IMP\d{3}$/);
    assert.ok(finding.message.length > 20, finding.message);
  });

  it("follow what is typed, before it is saved", async () => {
    const { document, range, here } = await calendarFinding();
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, range, '"daily"');
    await vscode.workspace.applyEdit(edit);
    await until("end of the finding", () => !here());
    await revert(document);
    await until("return of the finding", here);
  });

  it("come back after the server was restarted", async () => {
    const { here } = await calendarFinding();
    await vscode.commands.executeCommand("impermanence.restartServer");
    await until("finding after the restart", here);
  });
});

describe("fixes", () => {
  it("repair a finding and stay within the file", async () => {
    const { document, finding, here } = await calendarFinding();
    const [fix] = await quickFixes(document, finding.range, vscode.CodeActionKind.QuickFix);
    assert.ok(fix?.edit, "there is a quick fix");
    await vscode.workspace.applyEdit(fix.edit);
    assert.ok(!document.getText().includes(SPAN));
    await until("end of the finding", () => !here());
    await revert(document);
    await until("return of the finding", here);
  });

  it("can be taken all at once", async () => {
    const { document, here } = await calendarFinding();
    const before = findings(document.uri).length;
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const all = vscode.CodeActionKind.SourceFixAll.append("impermanence");
    const [fix] = await quickFixes(document, whole, all);
    assert.ok(fix?.edit, "there is a source.fixAll.impermanence");
    await vscode.workspace.applyEdit(fix.edit);
    await until("fewer findings", () => findings(document.uri).length < before);
    for (const [uri] of fix.edit.entries()) await revert(await vscode.workspace.openTextDocument(uri));
    await until("return of the finding", here);
  });
});

describe("a path in the configuration", () => {
  it("says on hover what the next boot does to it", async () => {
    const { editor, range } = await openFileWith('"/var/lib/');
    const place = range.end.translate(0, -2);
    const text = await until("hover", async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        editor.document.uri,
        place,
      );
      const contents = hovers.flatMap((hover) => hover.contents);
      return contents.map((content) => (typeof content === "string" ? content : content.value)).join("\n");
    });
    assert.match(text, /\/var\/lib\//);
    assert.match(text, /boot/i);
  });
});

describe("an import", () => {
  it("leads to the imported file", async () => {
    const { editor } = await openFileWith("imports = [");
    const { document } = editor;
    const path = /(?<=\s)\.{1,2}\/[\w./-]+\.nix/.exec(
      document.getText().slice(document.getText().indexOf("imports = [")),
    );
    assert.ok(path, "the example imports a file by its path");
    const at = document.positionAt(document.getText().indexOf(path[0]) + 2);
    const [target] = await until("definition", async () => {
      const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
        "vscode.executeDefinitionProvider",
        document.uri,
        at,
      );
      return found.length > 0 && found;
    });
    const uri = target && ("uri" in target ? target.uri : target.targetUri);
    assert.equal(uri?.path, vscode.Uri.joinPath(document.uri, "..", path[0]).path);
  });
});
