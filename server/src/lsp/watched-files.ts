import { type Connection, DidChangeWatchedFilesNotification, WatchKind } from "vscode-languageserver";

/**
 * Asks the client to tell of changes on disk: of Nix files, of data that Nix files commonly read, of encrypted secrets, and of
 * folders that go (clients then name only the folder). What of it matters, the session decides.
 */
export async function watchFiles(connection: Connection): Promise<void> {
  const watchers = [
    { globPattern: "**/*.{nix,json,jsonc,toml,lock,yaml,yml,age,env,ini}" },
    { globPattern: "**/.gitignore" },
    { globPattern: "**/*", kind: WatchKind.Delete },
  ];
  try {
    await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  } catch (error) {
    connection.console.warn(`The client does not watch files, changes made elsewhere will be missed: ${error}`);
  }
}
