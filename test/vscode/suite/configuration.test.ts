import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { codeOf, findings, openFileWith, revert, until } from "./workspace.ts";

/** A timer of the example asks for this, and systemd refuses it. */
const SPAN = '"6h"';
/** The rule on that timer. */
const RULE = "invalid-calendar";

const calendarFindings = (uri: vscode.Uri) => findings(uri).filter((finding) => codeOf(finding) === "IMP701");

async function calendarFinding() {
  const { editor } = await openFileWith(SPAN);
  const { document } = editor;
  const finding = await until(`finding on ${SPAN}`, () => calendarFindings(document.uri)[0]);
  return { document, finding };
}

/** Types a whole line above the line of a place. */
async function typeAbove({ uri }: vscode.TextDocument, line: number, text: string) {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(line, 0), `${text}\n`);
  await vscode.workspace.applyEdit(edit);
}

describe("a comment", () => {
  it("is written by the last quick fix, and silences the finding", async () => {
    const { document, finding } = await calendarFinding();
    const title = `Allow \`${RULE}\` here`;
    const action = await until("quick fix that allows the finding", async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        finding.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      return actions.find((one) => one.title.startsWith(title) && one.edit);
    });
    assert.ok(action.edit);
    assert.ok(!action.isPreferred, "a mistake is repaired rather than allowed");
    await vscode.workspace.applyEdit(action.edit);
    assert.match(document.getText(), new RegExp(`# impermanence: allow ${RULE} — `));
    await until("end of the finding", () => calendarFindings(document.uri).length === 0);
    await revert(document);
    await until("return of the finding", () => calendarFindings(document.uri)[0]);
  });

  it("that allows what is not found is reported, with a fix that removes it", async () => {
    const { document, finding } = await calendarFinding();
    await typeAbove(document, finding.range.start.line, "      # impermanence: allow IMP310 — of no use");
    const unused = await until("finding on the comment", () =>
      findings(document.uri).find((one) => codeOf(one) === "IMP020"),
    );
    assert.equal(unused.severity, vscode.DiagnosticSeverity.Information);
    assert.match(document.getText(unused.range), /IMP310/);
    const fix = await until("fix that removes the comment", async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        unused.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      return actions.find((one) => one.edit);
    });
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.ok(!document.getText().includes("impermanence: allow"), document.getText());
    await revert(document);
    await until("end of the report", () => !findings(document.uri).some((one) => codeOf(one) === "IMP020"));
  });
});

describe("impermanence.json", () => {
  const folder = () => (vscode.workspace.workspaceFolders as vscode.WorkspaceFolder[])[0]?.uri as vscode.Uri;
  const file = () => vscode.Uri.joinPath(folder(), "impermanence.json");
  const write = (text: string) => vscode.workspace.fs.writeFile(file(), Buffer.from(text));
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.workspace.fs.delete(file()).then(undefined, () => undefined);
  });

  it("changes the severity of findings in open files, and what it said ends with it", async () => {
    const { document, finding } = await calendarFinding();
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    const severity = () => calendarFindings(document.uri)[0]?.severity;
    await write(`{ "rules": { "${RULE}": "hint" } }`);
    await until("hint", () => severity() === vscode.DiagnosticSeverity.Hint);
    await write(`{ "rules": { "${RULE}": "off" } }`);
    await until("end of the finding", () => calendarFindings(document.uri).length === 0);
    await vscode.workspace.fs.delete(file());
    await until("return of the error", () => severity() === vscode.DiagnosticSeverity.Error);
  });

  it("is checked itself: a rule that does not exist is reported where it is named", async () => {
    await calendarFinding();
    await write('{ "rules": { "invalid-calender": "off" } }');
    const document = await vscode.workspace.openTextDocument(file());
    await vscode.window.showTextDocument(document);
    const mistake = await until("finding in impermanence.json", () =>
      findings(file()).find((one) => codeOf(one) === "IMP003"),
    );
    assert.match(document.getText(mistake.range), /invalid-calender/);
    assert.match(mistake.message, /invalid-calendar/);
  });
});
