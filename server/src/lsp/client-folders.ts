import type { InitializeParams } from "vscode-languageserver";
import { fromUri, toUri } from "./convert.ts";

/**
 * The folders that a client starts with, in the words that it has for them: `workspaceFolders`, before these were there
 * `rootUri`, and before that `rootPath`.
 */
export function folderUris({ workspaceFolders, rootUri, rootPath }: InitializeParams): string[] {
  if (workspaceFolders && workspaceFolders.length > 0) return workspaceFolders.map(({ uri }) => uri);
  if (rootUri) return [rootUri];
  return rootPath ? [toUri(rootPath)] : [];
}

/** Their paths; what is no folder on disk is left out. */
export function folderPaths(params: InitializeParams): string[] {
  return [...new Set(folderUris(params).flatMap((uri) => fromUri(uri) ?? []))];
}
