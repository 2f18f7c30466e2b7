import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";

/**
 * A client of the language server over stdio, with as little between the clock and the pipe as possible.
 *
 * @param {string} cli path of the command line tool
 * @param {string} folder
 * @param {{ pull: boolean }} options whether it asks for findings, or is sent them
 */
export async function startClient(cli, folder, { pull }) {
  const child = spawn(process.execPath, [cli, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  /** @type {Map<string, (version: number) => void>} */
  const waiting = new Map();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, version }) => waiting.get(uri)?.(version));
  connection.listen();
  const textDocument = pull ? { diagnostic: {} } : { publishDiagnostics: { versionSupport: true } };
  await connection.sendRequest("initialize", {
    processId: process.pid,
    capabilities: { textDocument },
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "generated" }],
  });
  await connection.sendNotification("initialized", {});

  return {
    pid: /** @type {number} */ (child.pid),
    /** @param {string} file @param {string} text */
    open(file, text) {
      const uri = pathToFileURL(file).href;
      return connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "nix", version: 1, text },
      });
    },
    /**
     * Sends one edit and waits until the findings for it are here.
     *
     * @param {string} file @param {number} version @param {unknown} change
     */
    async edit(file, version, change) {
      const uri = pathToFileURL(file).href;
      const pushed = pull ? undefined : until(uri, version);
      const sent = connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [change],
      });
      if (pull) await connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
      else await pushed;
      await sent;
    },
    /** Waits until the server has answered for everything sent so far. @param {string} file */
    async settle(file) {
      await connection.sendRequest("textDocument/hover", {
        textDocument: { uri: pathToFileURL(file).href },
        position: { line: 0, character: 0 },
      });
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await ended;
      connection.dispose();
    },
  };

  /** @param {string} uri @param {number} wanted */
  function until(uri, wanted) {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        waiting.set(uri, (version) => {
          if (version !== wanted) return;
          waiting.delete(uri);
          resolve();
        });
      })
    );
  }
}
