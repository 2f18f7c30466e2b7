import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Message,
  type RequestMessage,
} from "vscode-languageserver/node";
import { type EvaluatingThread, startThread } from "../../server/src/lsp/evaluating-thread.ts";
import { type Desk, type DeskLines, Supervisor } from "../../server/src/lsp/supervisor.ts";
import { folderWith } from "../cli/run-cli.ts";

/*
 * The main thread of the server with a thread that does on demand what an evaluation may do: go on for ever, take all
 * memory, crash. Documents whose text names one of these are what it fails at; a host that it is told to keep off it
 * leaves out.
 */
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const texts = new Map();
  const stopped = new Set(workerData.stopped.map(({ key }) => key));
  const why = workerData.stopped.map(({ why }) => why).join();
  const reply = (id, result) => parentPort.postMessage({ kind: "message", message: { jsonrpc: "2.0", id, result } });
  const evaluate = (text) => {
    const host = /host=(\\w+)/.exec(text)?.[1];
    if (host && stopped.has(host)) return;
    if (host) parentPort.postMessage({ kind: "working", on: { host: { key: host, name: host, file: "/x.nix" } } });
    if (text.includes("for ever")) for (;;);
    if (text.includes("all memory")) { const all = []; for (;;) all.push(new Array(1000).fill({ })); }
    if (text.includes("crash")) throw new Error("a fault");
    if (text.includes("exit")) process.exit(3);
  };
  parentPort.on("message", ({ message: { id, method, params } }) => {
    const document = params?.textDocument?.uri;
    parentPort.postMessage({ kind: "working", on: { ...(document ? { document } : {}), ...(id === undefined ? {} : { request: id }) } });
    if (method === "textDocument/didOpen") texts.set(document, params.textDocument.text);
    if (method === "textDocument/didChange") texts.set(document, params.contentChanges[0].text);
    if (method === "ask") {
      for (const text of texts.values()) evaluate(text);
      reply(id, { texts: [...texts.values()], stopped: [...stopped], why });
    } else if (id !== undefined) reply(id, { started: true });
    setImmediate(() => parentPort.postMessage({ kind: "resting" }));
  });
`;

class Client extends AbstractMessageReader {
  readonly received: Message[] = [];
  private callback: DataCallback = () => {};
  private waiting: (() => void)[] = [];
  private next = 1;
  exitCode: number | undefined;

  listen(callback: DataCallback) {
    this.callback = callback;
    return { dispose: () => {} };
  }

  take(message: Message): void {
    this.received.push(message);
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** As when what arrives is no message. */
  fail(error: Error): void {
    this.fireError(error);
  }

  notify(method: string, params: object): void {
    this.callback({ jsonrpc: "2.0", method, params } as Message);
  }

  async ask(method: string, params: object = {}): Promise<{ result?: Answer; error?: { code: number } }> {
    const id = this.next++;
    this.callback({ jsonrpc: "2.0", id, method, params } as RequestMessage);
    for (;;) {
      const answers = this.received.filter((message) => (message as RequestMessage).id === id);
      if (answers.length > 0) return answers[0] as { result?: Answer };
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  open(uri: string, text: string): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "nix", version: 1, text } });
  }

  change(uri: string, version: number, text: string): void {
    this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
  }
}

interface Answer {
  readonly texts: readonly string[];
  readonly stopped: readonly string[];
  readonly why: string;
}

async function start(patience = 1, desk?: (lines: DeskLines) => Desk, initialized = true): Promise<Client> {
  const file = join(folderWith(), "thread.cjs");
  writeFileSync(file, THREAD);
  const client = new Client();
  const writer = new (class extends AbstractMessageWriter {
    async write(message: Message): Promise<void> {
      client.take(message);
    }
    end(): void {}
  })();
  let thread: EvaluatingThread | undefined;
  onTestFinished(() => thread?.end());
  const limits = { maxOldGenerationSizeMb: 40, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
  const supervisor = new Supervisor({
    reader: client,
    writer,
    patience,
    start: (data, events) => {
      thread = startThread(file, data, events, limits);
      return thread;
    },
    exit: (code) => {
      client.exitCode = code;
    },
    ...(desk ? { desk } : {}),
  });
  supervisor.run();
  if (!initialized) return client;
  await client.ask("initialize", { processId: null, capabilities: {}, rootUri: null });
  client.notify("initialized", {});
  return client;
}

describe("a thread that evaluates and", () => {
  it.each([
    ["goes on for ever", "for ever", /did not end within 1 seconds/],
    ["takes all memory", "all memory", /needs more than 40 MB of memory/],
    ["crashes", "crash", /a fault/],
    ["ends", "exit", /no known reason/],
  ])("%s is replaced by one that leaves the host out", async (_name, what, why) => {
    const client = await start();
    client.open("file:///innocent.nix", "{ }");
    client.open("file:///host.nix", `host=bad ${what}`);
    // The question that it could not answer is answered by the next one.
    const { result } = await client.ask("ask");
    expect(result?.stopped).toEqual(["bad"]);
    expect(result?.why).toMatch(why);
    expect(result?.texts.length).toBe(2);
    // What was edited since the start is known to the next one.
    client.change("file:///innocent.nix", 2, "{ new = 1; }");
    client.change("file:///host.nix", 2, `host=other ${what}`);
    const again = await client.ask("ask");
    expect(again.result?.texts).toEqual(["{ new = 1; }", `host=other ${what}`]);
    expect(again.result?.stopped.toSorted()).toEqual(["bad", "other"]);
    const logged = client.received.filter((message) => (message as RequestMessage).method === "window/logMessage");
    expect(logged.length).toBe(2);
  });

  it("fails at no host makes the question fail, and the next one is tried again", async () => {
    const client = await start();
    client.open("file:///host.nix", "crash");
    for (let round = 0; round < 2; round++) expect((await client.ask("ask")).error?.code).toBe(-32803);
    expect(client.exitCode).toBeUndefined();
  });

  it("is told to stop is answered for by the main thread", async () => {
    const client = await start(60);
    client.open("file:///host.nix", "for ever");
    void client.ask("ask");
    expect(await client.ask("shutdown")).toMatchObject({ result: null });
    client.notify("exit", {});
    expect(client.exitCode).toBe(0);
  });
});

describe("a document that no thread survives", () => {
  it("is answered for, and says so until it changes", async () => {
    const client = await start();
    const uri = "file:///host.nix";
    client.open(uri, "crash");
    expect((await client.ask("ask", { textDocument: { uri } })).error?.code).toBe(-32803);
    const sent = () =>
      client.received.filter((message) => (message as RequestMessage).method === "textDocument/publishDiagnostics");
    expect(sent()).toMatchObject([{ params: { uri, version: 1, diagnostics: [{ code: "IMP000" }] } }]);
    expect(await client.ask("textDocument/hover", { textDocument: { uri } })).toMatchObject({ result: null });
    expect(await client.ask("textDocument/diagnostic", { textDocument: { uri } })).toMatchObject({
      result: { kind: "full", items: [] },
    });
    client.change(uri, 2, "{ }");
    expect(sent().at(-1)).toMatchObject({ params: { uri, diagnostics: [] } });
    expect((await client.ask("ask", { textDocument: { uri } })).result?.texts).toEqual(["{ }"]);
  });
});

describe("the order of messages", () => {
  it("is kept to: nothing before `initialize`, which comes once, and nothing after `shutdown`", async () => {
    const client = await start(60, undefined, false);
    client.open("file:///early.nix", "{ }");
    for (const method of ["ask", "shutdown"]) expect((await client.ask(method)).error?.code).toBe(-32002);
    const first = { processId: null, capabilities: {}, rootUri: null };
    expect(await client.ask("initialize", first)).toMatchObject({ result: { started: true } });
    expect((await client.ask("initialize", first)).error?.code).toBe(-32600);
    expect((await client.ask("ask")).result?.texts).toEqual([]);
    expect(await client.ask("shutdown")).toMatchObject({ result: null });
    for (const method of ["ask", "shutdown"]) expect((await client.ask(method)).error?.code).toBe(-32600);
    client.notify("exit", {});
    expect(client.exitCode).toBe(0);
  });
});

describe("what cannot be read", () => {
  it("is answered when it is no JSON, and ends the server when no message can be told from the next", async () => {
    const client = await start();
    client.fail(new SyntaxError("Unexpected end of JSON input"));
    expect(client.received.at(-1)).toMatchObject({ id: null, error: { code: -32700 } });
    expect(client.exitCode).toBeUndefined();
    client.fail(new Error("Header must provide a Content-Length property."));
    expect(client.received.at(-1)).toMatchObject({ method: "window/logMessage" });
    await expect.poll(() => client.exitCode).toBe(1);
  });
});

describe("a desk in the main thread", () => {
  let ended = false;
  /** Answers `desk/now` at once, and `desk/ask` with what the evaluating thread says. */
  const desk = ({ toClient, askThread }: DeskLines): Desk => ({
    capabilities: () => ({ executeCommandProvider: { commands: ["x"] } }),
    take(message) {
      const { id, method } = message as RequestMessage;
      if (method === "desk/now") toClient({ jsonrpc: "2.0", id, result: "now" } as Message);
      else if (method === "desk/ask")
        void askThread<Answer>("ask", {}).then(
          (result) => toClient({ jsonrpc: "2.0", id, result } as Message),
          (error: Error) => toClient({ jsonrpc: "2.0", id, error: { code: 1, message: error.message } } as Message),
        );
      else return false;
      return true;
    },
    end: () => {
      ended = true;
    },
  });

  it("answers while an evaluation goes on for ever, and ends with the client", async () => {
    const client = await start(60, desk);
    const initialized = client.received.find((message) => "result" in message);
    expect(initialized).toMatchObject({ result: { capabilities: { executeCommandProvider: { commands: ["x"] } } } });
    client.open("file:///host.nix", "for ever");
    void client.ask("ask");
    expect(await client.ask("desk/now")).toMatchObject({ result: "now" });
    client.notify("exit", {});
    expect(ended).toBe(true);
  });

  it("hears the answer of the thread that comes after one that was ended", async () => {
    const client = await start(1, desk);
    client.open("file:///host.nix", "host=bad for ever");
    expect((await client.ask("desk/ask")).result?.stopped).toEqual(["bad"]);
  });

  it("hears that there is none", async () => {
    const client = await start(1, desk);
    client.open("file:///host.nix", "crash");
    expect(await client.ask("desk/ask")).toMatchObject({
      error: { message: "It was stopped, because the evaluation failed (a fault)." },
    });
  });
});
