import { type ChildProcess, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { builtCli } from "./built-cli.ts";

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly registrations?: readonly { readonly method: string }[] };
  readonly result?: { readonly capabilities: Record<string, unknown> };
  readonly error?: unknown;
}

/** The built language server over stdio, and the methods it used: those it sent, and those it registered for. */
export class LanguageServerProcess {
  private readonly child: ChildProcess = spawn(process.execPath, [builtCli(), "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  private readonly used = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private buffer = Buffer.alloc(0);
  private initialized: { readonly capabilities: Record<string, unknown> } | undefined;

  constructor() {
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      for (let message = this.next(); message; message = this.next()) this.receive(message);
      for (const listener of this.listeners) listener();
    });
  }

  /** Goes through the handshake on a folder and answers with what `initialize` was answered with. */
  async start(folder: string, capabilities: object): Promise<{ readonly capabilities: Record<string, unknown> }> {
    const rootUri = pathToFileURL(folder).href;
    const workspaceFolders = [{ uri: rootUri, name: "folder" }];
    this.send({ id: 1, method: "initialize", params: { processId: null, rootUri, workspaceFolders, capabilities } });
    const answer = await this.until("an answer to initialize", () => this.initialized);
    this.send({ method: "initialized", params: {} });
    return answer;
  }

  /** Waits until the server has sent a method or registered for it. */
  async heard(method: string): Promise<void> {
    await this.until(method, () => this.used.has(method) || undefined);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private until<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer);
        this.listeners.delete(check);
        finish();
      };
      const check = () => {
        const found = look();
        if (found !== undefined) end(() => resolve(found));
      };
      const seen = () => [...this.used].join(", ");
      const timer = setTimeout(() => end(() => reject(new Error(`There was no ${what}, only ${seen()}.`))), 10_000);
      this.listeners.add(check);
      check();
    });
  }

  private receive(message: Message): void {
    const { id, method, params, result } = message;
    if (method === undefined) {
      if (id === 1) this.initialized = result;
      return;
    }
    this.used.add(method);
    for (const registration of params?.registrations ?? []) this.used.add(registration.method);
    // Whatever it asks for, `null` for each of its questions will do.
    if (id !== undefined) this.send({ id, result: method === "workspace/configuration" ? [null] : null });
  }

  private next(): Message | undefined {
    const header = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(this.buffer.toString("latin1", 0, 200));
    const length = Number(header?.[1]);
    const start = header?.[0].length ?? 0;
    if (!header || this.buffer.length < start + length) return undefined;
    const text = this.buffer.toString("utf8", start, start + length);
    this.buffer = this.buffer.subarray(start + length);
    return JSON.parse(text) as Message;
  }

  private send(message: object): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
}
