import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LanguageServerProcess } from "./language-server-process.ts";

/** Where the server announces a method; methods without a place are announced by registering or seen to be sent. */
const ANNOUNCED: Record<string, string> = {
  "textDocument/diagnostic": "diagnosticProvider",
  "workspace/diagnostic": "diagnosticProvider.workspaceDiagnostics",
  "textDocument/codeAction": "codeActionProvider",
  "codeAction/resolve": "codeActionProvider.resolveProvider",
  "textDocument/rename": "renameProvider",
  "textDocument/formatting": "documentFormattingProvider",
  "textDocument/rangeFormatting": "documentRangeFormattingProvider",
  "textDocument/onTypeFormatting": "documentOnTypeFormattingProvider",
  "workspace/executeCommand": "executeCommandProvider",
  "textDocument/hover": "hoverProvider",
  "textDocument/definition": "definitionProvider",
  "textDocument/declaration": "declarationProvider",
  "textDocument/typeDefinition": "typeDefinitionProvider",
  "textDocument/implementation": "implementationProvider",
  "textDocument/references": "referencesProvider",
  "textDocument/documentHighlight": "documentHighlightProvider",
  "textDocument/documentSymbol": "documentSymbolProvider",
  "workspace/symbol": "workspaceSymbolProvider",
  "textDocument/documentLink": "documentLinkProvider",
  "textDocument/documentColor": "colorProvider",
  "textDocument/codeLens": "codeLensProvider",
  "textDocument/inlayHint": "inlayHintProvider",
  "textDocument/inlineValue": "inlineValueProvider",
  "textDocument/foldingRange": "foldingRangeProvider",
  "textDocument/selectionRange": "selectionRangeProvider",
  "textDocument/linkedEditingRange": "linkedEditingRangeProvider",
  "textDocument/moniker": "monikerProvider",
  "textDocument/semanticTokens": "semanticTokensProvider",
  "textDocument/prepareCallHierarchy": "callHierarchyProvider",
  "textDocument/prepareTypeHierarchy": "typeHierarchyProvider",
  "textDocument/completion": "completionProvider",
  "completionItem/resolve": "completionProvider.resolveProvider",
  "textDocument/signatureHelp": "signatureHelpProvider",
  "textDocument/didOpen": "textDocumentSync.openClose",
  "textDocument/didChange": "textDocumentSync.change",
  "textDocument/didClose": "textDocumentSync.openClose",
  "textDocument/willSave": "textDocumentSync.willSave",
  "textDocument/didSave": "textDocumentSync.save",
  "notebookDocument/didOpen": "notebookDocumentSync",
  "workspace/didChangeWorkspaceFolders": "workspace.workspaceFolders.changeNotifications",
  "workspace/didCreateFiles": "workspace.fileOperations.didCreate",
  "workspace/didRenameFiles": "workspace.fileOperations.didRename",
  "workspace/didDeleteFiles": "workspace.fileOperations.didDelete",
};
/** What the server does by itself towards a client that takes it. */
const SENT = [
  "textDocument/publishDiagnostics",
  "workspace/diagnostic/refresh",
  "workspace/configuration",
  "workspace/didChangeWatchedFiles",
  "workspace/didChangeConfiguration",
];

const folder = join(process.cwd(), "examples", "hetzner-vps");
const page = readFileSync("docs/features.md", "utf8");
const published = new Map(
  [...page.matchAll(/^\| `(\w+(?:\/\w+)+)` \| (yes|no) \|/gm)].map(([, method, answer]) => [method!, answer === "yes"]),
);

const pulling = new LanguageServerProcess();
const pushed = new LanguageServerProcess();
let capabilities: Record<string, unknown>;
beforeAll(async () => {
  const dynamic = { dynamicRegistration: true };
  const workspace = { configuration: true, workspaceFolders: true, didChangeConfiguration: dynamic };
  ({ capabilities } = await pulling.start(folder, {
    textDocument: {
      diagnostic: {},
      publishDiagnostics: {},
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
    },
    workspace: { ...workspace, didChangeWatchedFiles: dynamic, diagnostics: { refreshSupport: true } },
  }));
  await pushed.start(folder, { textDocument: { publishDiagnostics: {} } });
});
afterAll(() => {
  pulling.kill();
  pushed.kill();
});

it("is about every method that the test knows of, once", () => {
  expect([...published.keys()].sort()).toEqual([...Object.keys(ANNOUNCED), ...SENT].sort());
  expect(page.match(/^\| `\w+\//gm)).toHaveLength(published.size);
});

it.each(Object.entries(ANNOUNCED))("%s is announced as the page says", (method, path) => {
  expect(Boolean(at(capabilities, path))).toBe(published.get(method));
});

it("has a row for everything that the server announces", () => {
  const known = new Set(Object.values(ANNOUNCED).map((path) => path.split(".")[0]));
  const more = Object.keys(capabilities).filter((name) => !known.has(name) && name !== "positionEncoding");
  expect(more).toEqual([]);
});

it.each(SENT)("%s is sent or registered", async (method) => {
  expect(published.get(method)).toBe(true);
  const server = method === "textDocument/publishDiagnostics" ? pushed : pulling;
  await server.heard(method);
});

it("names the kinds of code actions that there are", () => {
  const kinds = at(capabilities, "codeActionProvider.codeActionKinds") as string[];
  expect(kinds).toEqual(["quickfix", "refactor.rewrite", "refactor.move", "source.fixAll.impermanence"]);
  for (const kind of kinds) expect(page).toContain(`\`${kind}\``);
});

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}
