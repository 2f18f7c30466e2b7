import { expect, it } from "vitest";
import type { InitializeParams, Message } from "vscode-languageserver";
import { folderPaths } from "./client-folders.ts";
import { ClientState } from "./client-state.ts";

/** The folders that a thread which starts later is told of. */
function foldersAfter(first: object, ...events: { added?: string[]; removed?: string[] }[]): string[] {
  const state = new ClientState();
  const folders = (uris: string[] = []) => uris.map((uri) => ({ uri, name: "x" }));
  state.note({ jsonrpc: "2.0", method: "initialize", params: first } as Message);
  for (const { added, removed } of events) {
    const event = { added: folders(added), removed: folders(removed) };
    state.note({ jsonrpc: "2.0", method: "workspace/didChangeWorkspaceFolders", params: { event } } as Message);
  }
  return folderPaths(state.firstMessage()?.params as InitializeParams);
}

it("keeps the root when a folder is added to it", () => {
  expect(foldersAfter({ rootUri: "file:///a" }, { added: ["file:///b"] })).toEqual(["/a", "/b"]);
});

it("does not go back to the root when the last folder is gone", () => {
  expect(foldersAfter({ rootUri: "file:///a", rootPath: "/a" }, { removed: ["file:///a/"] })).toEqual([]);
});

it("takes a client that says nothing of itself", () => {
  for (const params of [undefined, { rootUri: "file:///a" }, { capabilities: null }]) {
    const state = new ClientState();
    state.note({ jsonrpc: "2.0", method: "initialize", params } as Message);
    expect(state.client).toMatchObject({ capabilities: {} });
    expect(state.firstMessage()?.params).toMatchObject({ capabilities: {}, processId: null });
  }
});
