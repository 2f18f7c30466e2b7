import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, it, onTestFinished } from "vitest";
import {
  type ClientCapabilities,
  type CodeAction,
  type CompletionList,
  createProtocolConnection,
  type Hover,
  type PublishDiagnosticsParams,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-languageserver/node";
import { builtCli, folderWith, LATE_STORE } from "../cli/run-cli.ts";
import { codes, pushing, ServerClient, uriOf } from "./server-client.ts";

/* What clients do that are written otherwise than the ones of the editors that are tested here. */

let client: ServerClient | undefined;
afterEach(async () => {
  if (client && client.child.exitCode === null) await client.stop();
  client = undefined;
});

async function start(capabilities: ClientCapabilities = pushing, more = {}): Promise<[ServerClient, string]> {
  const folder = folderWith({ "a+b.nix": LATE_STORE });
  client = await ServerClient.start([folder], capabilities, more);
  return [client, join(folder, "a+b.nix")];
}

it("names a file otherwise than the server does: its findings are shown once", async () => {
  const [push, file] = await start();
  const own = uriOf(file).replace("+", "%2B");
  await push.until(() => push.published.get(own)?.diagnostics.length === 1);
  const name = pathToFileURL(file).href;
  expect(name).not.toBe(own);
  await push.open(file, LATE_STORE, 1);
  expect(codes(await push.pushed(file, 1))).toEqual(["IMP301"]);
  expect(push.published.get(own)?.diagnostics).toEqual([]);
  await push.close(file);
  await push.until(() => push.published.get(own)?.diagnostics.length === 1);
  expect(push.published.get(name)?.diagnostics).toEqual([]);
});

it("opens a file of a folder that is a link by its real name, and by both", async () => {
  const folder = folderWith({ "real/host.nix": LATE_STORE });
  symlinkSync("real", join(folder, "link"));
  const [linked, real] = ["link", "real"].map((name) => join(folder, name, "host.nix")) as [string, string];
  const push = await ServerClient.start([join(folder, "link")], pushing);
  client = push;
  const found = () => [...push.published.values()].filter(({ diagnostics }) => diagnostics.length > 0);
  await push.pushed(linked);
  await push.open(real, LATE_STORE, 1);
  await push.pushed(real, 1);
  expect(found().map(({ uri }) => uri)).toEqual([uriOf(real)]);
  await push.change(real, 2, [{ text: "{ }" }]);
  expect(await push.pushed(real, 2)).toEqual([]);
  expect(found()).toEqual([]);
  await push.open(linked, LATE_STORE, 1);
  expect(codes(await push.pushed(linked, 1))).toEqual(["IMP301"]);
  // The text that is still shown counts, not what is on disk.
  await push.close(linked);
  await push.until(() => found().length === 0);
});

it("tells of a version without a change, and of a change without a version", async () => {
  const [push, file] = await start();
  await push.open(file, LATE_STORE, 1);
  await push.change(file, 2, [{ text: "{ }" }]);
  await push.change(file, 3, []);
  expect(await push.pushed(file, 3)).toEqual([]);
  await push.change(file, null as unknown as number, [{ text: LATE_STORE }]);
  expect(codes(await push.pushed(file, 4))).toEqual(["IMP301"]);
});

it("shows plain text, and knows the first kinds of completions only", async () => {
  const [push, file] = await start({ textDocument: { hover: { contentFormat: ["plaintext"] } } });
  const hover = await push.at<Hover>("textDocument/hover", file, { line: 6, character: 24 });
  expect(hover.contents).toMatchObject({ kind: "plaintext" });
  const { value } = hover.contents as { value: string };
  expect(value).toMatch(/^\/var\/log at the next boot\n\nIt survives: .*\(declared here: a\+b\.nix:7:\d+\)\.$/);
  const list = await push.at<CompletionList>("textDocument/completion", file, { line: 6, character: 21 });
  expect(list.items.length).toBeGreaterThan(0);
  for (const { kind, documentation } of list.items) {
    expect(kind).toBeLessThanOrEqual(18);
    expect(documentation).toMatchObject({ kind: "plaintext" });
  }
  expect(push.initialized.capabilities.codeActionProvider).toBe(true);
});

it("opens a socket for the server, and never answers what it is asked", async () => {
  const folder = folderWith({ "host.nix": LATE_STORE });
  const name = join(folder, "line");
  const listening = createServer().listen(name);
  onTestFinished(() => void listening.close());
  await once(listening, "listening");
  const child = spawn(process.execPath, [builtCli, "lsp", "--pipe", name, `--clientProcessId=${process.pid}`]);
  const ended = once(child, "exit");
  const [socket] = (await once(listening, "connection")) as [Socket];
  const connection = createProtocolConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  connection.onRequest("workspace/configuration", () => new Promise(() => {}));
  const sent = new Promise<PublishDiagnosticsParams>((resolve) =>
    connection.onNotification("textDocument/publishDiagnostics", resolve),
  );
  connection.listen();
  const params = { processId: null, rootUri: uriOf(folder), capabilities: { workspace: { configuration: true } } };
  expect(await connection.sendRequest("initialize", params)).toMatchObject({
    serverInfo: { name: "nix-impermanence" },
  });
  await connection.sendNotification("initialized", {});
  expect(codes((await sent).diagnostics)).toEqual(["IMP301"]);
  const place = { start: { line: 5, character: 30 }, end: { line: 5, character: 30 } };
  const textDocument = { uri: uriOf(join(folder, "host.nix")) };
  for (const only of [null, []]) {
    const context = { diagnostics: [], only };
    const actions = await connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
      textDocument,
      range: place,
      context,
    });
    expect(actions[0]).toMatchObject({ kind: "quickfix" });
  }
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await ended).toEqual([0, null]);
  connection.dispose();
});

it("sends the command of a lens, and one that there is not", async () => {
  const [push] = await start();
  expect(await push.request("workspace/executeCommand", { command: "" })).toBeNull();
  await expect(push.request("workspace/executeCommand", { command: "x" })).rejects.toMatchObject({ code: -32602 });
});

it("gives a command null for its arguments", async () => {
  const [push] = await start();
  const params = { command: "impermanence.remote.status", arguments: null };
  await expect(push.request("workspace/executeCommand", params)).rejects.toMatchObject({ code: -32602 });
  expect(
    await push.request("workspace/executeCommand", { ...params, command: "impermanence.remote.forgetApprovedHosts" }),
  ).toEqual([]);
});

it("says all that it has to say at once", async () => {
  const [push] = await start();
  const ended = push.ended();
  const answer = push.connection.sendRequest("shutdown");
  await push.connection.sendNotification("exit");
  expect(await answer).toBeNull();
  expect(await ended).toBe(0);
});
