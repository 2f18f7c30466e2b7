import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { codeOf, findings, openFileWith, revert, until } from "./workspace.ts";

const PLACE = "networking.useDHCP";
const SOURCE = `environment.persistence."/persist".directories = [ "/var/lib/nixos" "/var/lib/bluetooth" ];
  services.btrbk.instances.home.settings = {
    snapshot_preserve_min = "1d";
    snapshot_preserve = "14d";
    volume."/persist".subvolume.".".snapshot_dir = "snapshots";
  };
  systemd.timers.nightly.timerConfig.OnCalendar = "Mon 03:30";
  `;

/** The example keeps nothing: types a store, a policy and a timer into it. */
async function withStore(): Promise<vscode.TextDocument> {
  const { editor, range } = await openFileWith(PLACE);
  await editor.edit((edit) => edit.insert(range.start, SOURCE));
  return editor.document;
}

function positionOf(document: vscode.TextDocument, text: string): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `the file holds ${text}`);
  return document.positionAt(at + 1);
}

async function lenses({ uri }: vscode.TextDocument): Promise<{ title: string; line: number }[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 50);
  return found.map(({ command, range }) => ({ title: command?.title ?? "", line: range.start.line }));
}

describe("a store that is typed into the example", () => {
  let document: vscode.TextDocument;
  beforeEach(async () => {
    document = await withStore();
  });
  afterEach(() => revert(document));

  it("has a line above it with what it keeps, and a retention policy one with what it leads to", async () => {
    const line = (text: string) => positionOf(document, text).line;
    await until("lens above the store", async () =>
      (await lenses(document)).some((one) => one.line === line("environment.pers") && /2 directories/.test(one.title)),
    );
    await until("lens above the policy", async () =>
      (await lenses(document)).some((one) => one.line > line("environment.pers") && /snapshot/.test(one.title)),
    );
  });

  it("has none of them with impermanence.lens.enable off", async () => {
    await until("lens", async () => (await lenses(document)).length > 0);
    const settings = vscode.workspace.getConfiguration("impermanence");
    await settings.update("lens.enable", false, vscode.ConfigurationTarget.Global);
    try {
      await until("end of all lenses", async () => (await lenses(document)).length === 0);
    } finally {
      await settings.update("lens.enable", undefined, vscode.ConfigurationTarget.Global);
    }
    await until("return of the lenses", async () => (await lenses(document)).length > 0);
  });

  it("has refactorings on its entries", async () => {
    const at = positionOf(document, '"/var/lib/bluetooth"');
    const action = await until("refactoring", async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        new vscode.Range(at, at),
        vscode.CodeActionKind.RefactorRewrite.value,
      );
      return actions.find((one) => one.title.startsWith("Say owner and mode") && one.edit);
    });
    assert.ok(action.edit);
    await vscode.workspace.applyEdit(action.edit);
    assert.match(document.getText(), /directory = "\/var\/lib\/bluetooth";/);
    assert.match(document.getText(), /mode = "0?700"/);
  });

  it("offers what the host would lose once a quote is typed into its list, and takes it with one key", async () => {
    const editor = await vscode.window.showTextDocument(document);
    const end = positionOf(document, '"/var/lib/bluetooth"').translate(0, '/var/lib/bluetooth"'.length);
    editor.selection = new vscode.Selection(end, end);
    await vscode.commands.executeCommand("type", { text: " " });
    // VS Code writes the second quote, and the first one asks the server.
    await vscode.commands.executeCommand("type", { text: '"' });
    await vscode.commands.executeCommand("type", { text: "/var/lib/sys" });
    await until("suggestion to be taken", async () => {
      await vscode.commands.executeCommand("acceptSelectedSuggestion");
      return document.getText().includes('"/var/lib/bluetooth" "/var/lib/systemd" ]');
    });
  });

  it("leaves calendar expressions to be read on hover: when they elapse next", async () => {
    const place = positionOf(document, "Mon 03:30");
    const text = await until("hover", async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        document.uri,
        place,
      );
      const contents = hovers.flatMap((hover) => hover.contents);
      return contents.map((one) => (typeof one === "string" ? one : one.value)).join("\n");
    });
    assert.match(text, /Mon \*-\*-\* 03:30:00/);
    assert.ok((text.match(/Mon \d{4}-\d{2}-\d{2} 03:30/g) ?? []).length >= 5, text);
  });
});

describe("fix all on save", () => {
  it("repairs what is safe, and only within the file", async () => {
    const { editor } = await openFileWith('"6h"');
    const { document } = editor;
    const before = document.getText();
    await until("finding", () => findings(document.uri).some((one) => codeOf(one) === "IMP701"));
    const settings = vscode.workspace.getConfiguration("editor", { languageId: "nix" });
    const onSave = { "source.fixAll.impermanence": "explicit" };
    await settings.update("codeActionsOnSave", onSave, vscode.ConfigurationTarget.Global, true);
    try {
      await editor.edit((edit) => edit.insert(new vscode.Position(document.lineCount, 0), "\n"));
      await document.save();
      assert.ok(!document.getText().includes('"6h"'), document.getText());
      assert.ok(!document.getText().includes("impermanence: allow"));
      assert.ok(!document.isDirty);
    } finally {
      await settings.update("codeActionsOnSave", undefined, vscode.ConfigurationTarget.Global, true);
      await vscode.workspace.fs.writeFile(document.uri, Buffer.from(before));
      await revert(document);
    }
    await until("return of the finding", () => findings(document.uri).some((one) => codeOf(one) === "IMP701"));
  });
});
