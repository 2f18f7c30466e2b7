import { expect, it } from "vitest";
import { CompletionItemKind, type InitializeParams } from "vscode-languageserver";
import { readCapabilities } from "./client-capabilities.ts";

const read = (capabilities: unknown) =>
  readCapabilities({ processId: null, rootUri: null, capabilities } as InitializeParams);

it("takes null for what is not there", () => {
  const nothing = read({});
  const nulls = read({
    textDocument: { diagnostic: null, hover: null, completion: null, codeAction: null },
    workspace: null,
  });
  const { knowsKind: _, ...more } = nulls;
  expect(nothing).toMatchObject(more);
  expect(nulls).toMatchObject({ pullDiagnostics: false, codeActionLiterals: false, hoverFormat: "markdown" });
});

it("knows that findings can be asked for again by either name of it", () => {
  const refresh = { refreshSupport: true };
  expect(read({ workspace: { diagnostics: refresh } }).refreshDiagnostics).toBe(true);
  expect(read({ workspace: { diagnostic: refresh } }).refreshDiagnostics).toBe(true);
  expect(read({ workspace: { diagnostic: { refreshSupport: false } } }).refreshDiagnostics).toBe(false);
});

it("asks nobody to ask who could not be told that something has changed, and can be sent it", () => {
  const textDocument = { diagnostic: {}, publishDiagnostics: {} };
  expect(read({ textDocument }).pullDiagnostics).toBe(false);
  expect(read({ textDocument: { diagnostic: {} } }).pullDiagnostics).toBe(true);
  expect(read({ textDocument, workspace: { diagnostics: { refreshSupport: true } } }).pullDiagnostics).toBe(true);
  expect(read({ workspace: { diagnostics: { refreshSupport: true } } }).pullDiagnostics).toBe(false);
});

it("takes the first format of texts that is named", () => {
  const hover = (...contentFormat: string[]) => read({ textDocument: { hover: { contentFormat } } });
  expect(hover("plaintext", "markdown")).toMatchObject({ hoverFormat: "plaintext", documentationFormat: "plaintext" });
  expect(hover("markdown", "plaintext").hoverFormat).toBe("markdown");
  const completion = { completionItem: { documentationFormat: ["plaintext"] } };
  expect(read({ textDocument: { completion } })).toMatchObject({
    hoverFormat: "markdown",
    documentationFormat: "plaintext",
  });
});

it("knows the kinds of completions of the first version where none are named", () => {
  expect(read({}).knowsKind(CompletionItemKind.Reference)).toBe(true);
  expect(read({}).knowsKind(CompletionItemKind.Folder)).toBe(false);
  const completion = { completionItemKind: { valueSet: [CompletionItemKind.Folder] } };
  expect(read({ textDocument: { completion } }).knowsKind(CompletionItemKind.Folder)).toBe(true);
});
