import { expect, it } from "vitest";
import type { InitializeParams } from "vscode-languageserver";
import { folderPaths } from "./client-folders.ts";

const folder = (uri: string) => ({ uri, name: "x" });

it.each<[string, Partial<InitializeParams>, string[]]>([
  ["folders", { workspaceFolders: [folder("file:///a/"), folder("file:///b")], rootUri: "file:///c" }, ["/a", "/b"]],
  ["one folder twice", { workspaceFolders: [folder("file:///a/"), folder("file:///a")] }, ["/a"]],
  ["folders that are elsewhere", { workspaceFolders: [folder("vscode-vfs://github/a")] }, []],
  ["a root", { rootUri: "file:///a%20b", rootPath: "/c" }, ["/a b"]],
  ["a root, and no folders", { workspaceFolders: null, rootUri: "file:///a" }, ["/a"]],
  ["a root, and an empty list of folders", { workspaceFolders: [], rootUri: "file:///a" }, ["/a"]],
  ["a path", { workspaceFolders: null, rootUri: null, rootPath: "/a b" }, ["/a b"]],
  ["nothing", { workspaceFolders: null, rootUri: null, rootPath: null }, []],
])("a client may name %s", (_name, params, paths) => {
  expect(folderPaths({ rootUri: null, processId: null, capabilities: {}, ...params })).toEqual(paths);
});
