import { beforeEach, expect, it } from "vitest";
import type { DidChangeTextDocumentParams, DidOpenTextDocumentParams } from "vscode-languageserver";
import { OpenDocuments } from "./open-documents.ts";

const uri = "file:///host.nix";
let documents: OpenDocuments;
const open = (more: object) => documents.open({ textDocument: { uri, ...more } } as DidOpenTextDocumentParams);
const change = (version: unknown, ...contentChanges: object[]) =>
  documents.change({ textDocument: { uri, version }, contentChanges } as DidChangeTextDocumentParams);
const shown = () => [documents.get(uri)?.version, documents.get(uri)?.getText()];

beforeEach(() => {
  documents = new OpenDocuments();
  open({ languageId: "nix", version: 3, text: "{ }" });
});

it("takes a change of which the client does not count the version", () => {
  change(null, { text: "{ a = 1; }" });
  expect(shown()).toEqual([4, "{ a = 1; }"]);
  change(undefined, { text: "[ ]" });
  expect(shown()).toEqual([5, "[ ]"]);
  open({ text: "{ }" });
  expect(shown()).toEqual([0, "{ }"]);
});

it("takes a new version without a change, and one that is lower", () => {
  change(7);
  expect(shown()).toEqual([7, "{ }"]);
  change(2, { text: "1" });
  expect(shown()).toEqual([2, "1"]);
});

it("takes a range that is null for the whole text", () => {
  change(4, { range: null, rangeLength: null, text: "[ ]" });
  expect(shown()).toEqual([4, "[ ]"]);
});

it("takes each of several changes in the text after the one before, by UTF-16", () => {
  const at = (line: number, character: number) => ({ line, character });
  const end = { start: at(9, 0), end: at(9, 9) };
  change(4, { text: "💾\r\nb" }, { range: { start: at(0, 1), end: at(0, 2) }, text: "x" }, { range: end, text: "c" });
  expect(shown()).toEqual([4, "\ud83dx\r\nbc"]);
});

it("knows nothing of what is not open", () => {
  documents.close({ textDocument: { uri } });
  expect(change(4, { text: "1" })).toBeUndefined();
  expect(documents.close({ textDocument: { uri } })).toBeUndefined();
  expect(() => open({ version: 1 })).toThrow();
  expect(documents.all()).toEqual([]);
});
