import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type ProgressType,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import { type InitializationOptions, methods, type Status } from "../../server/src/protocol.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { ServerState } from "./server-state.ts";
import { answerConfiguration, settingsSection } from "./settings.ts";

/** Bundled server, relative to the extension's folder. Its evaluating thread sets limits of memory and stack itself. */
const serverEntry = "dist/server.cjs";

const initializationOptions: InitializationOptions = { status: true, remote: true };
/** Milliseconds that stopping waits for a start that is under way. */
const startPatience = 3_000;
/** Messages that may fail in a row before the connection is taken for broken. */
const tolerableErrors = 3;

/**
 * The language server, kept alive. Every start makes a new client: one that lost its server half-way through starting
 * cannot be brought back to a known state.
 */
export class CheckerServer implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  /** Fires when {@link state} or {@link status} has changed. */
  readonly onDidChange = this.changes.event;

  private readonly policy = new RestartPolicy();
  private client: LanguageClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Ends when the start that is under way has ended, well or badly. */
  private starting: Promise<void> = Promise.resolve();
  /** Restarts come one after the other, however often the user asks. */
  private restarts: Promise<void> = Promise.resolve();
  private currentState: ServerState = { kind: "off", why: "It has not been started yet." };
  private currentStatus: Status | undefined;

  /** @param extend is given every client before it starts, to answer what the server asks */
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly extend: (client: LanguageClient) => void,
  ) {}

  get state(): ServerState {
    return this.currentState;
  }

  /** What the server said last; undefined as long as it does not run. */
  get status(): Status | undefined {
    return this.currentStatus;
  }

  /** Starts the server, or starts it anew. Never rejects: a failure is a state. */
  restart(): Promise<void> {
    this.restarts = this.restarts.then(async () => {
      this.policy.reset();
      await this.stop();
      await this.start();
    });
    return this.restarts;
  }

  /** Asks the server, once a start that is under way has ended. Rejects when it does not run. */
  async ask<R>(method: string, params?: unknown, token?: vscode.CancellationToken): Promise<R> {
    await this.restarts;
    await this.starting;
    if (!this.client || this.currentState.kind !== "running") throw new Error("The checker is not running.");
    // An undefined token would be taken for a second parameter.
    return token ? this.client.sendRequest<R>(method, params, token) : this.client.sendRequest<R>(method, params);
  }

  /** Hears of the progress of a request that was sent with the token. */
  onProgress<P>(type: ProgressType<P>, token: string, hear: (value: P) => void): vscode.Disposable {
    return this.client?.onProgress(type, token, hear) ?? { dispose: () => {} };
  }

  /** Stays off, because there is nothing the server could read. */
  turnOff(why: string): void {
    this.enter({ kind: "off", why });
  }

  /** Ends the server and waits until it is gone. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    if (!client) return;
    // The client refuses to stop while it starts, and its process would be left behind.
    await Promise.race([this.starting, new Promise((resolve) => setTimeout(resolve, startPatience))]);
    // A server that has just died, or hangs, refuses to be stopped in order. It is gone or will be killed all the same.
    await client.dispose().catch((error) => this.log.debug(`Stopping the server: ${error}`));
  }

  dispose(): void {
    void this.stop();
    this.changes.dispose();
  }

  private start(): Promise<void> {
    this.enter({ kind: "starting" });
    const client = this.newClient();
    this.client = client;
    this.starting = this.startClient(client);
    return this.starting;
  }

  private async startClient(client: LanguageClient): Promise<void> {
    try {
      await client.start();
      if (this.client === client) this.enter({ kind: "running" });
    } catch (error) {
      this.log.error(`The server did not start: ${error}`);
      this.crashed(client);
    }
  }

  /** Called once or twice for the same client: when it fails to start, and when its connection closes. */
  private crashed(client: LanguageClient): void {
    if (this.client !== client) return;
    this.client = undefined;
    void client.dispose().catch(() => {});
    const decision = this.policy.afterCrash(performance.now());
    if (decision.restart) {
      this.enter({ kind: "waiting", delay: decision.delay, crashes: decision.crashes });
      this.log.warn(`The server stopped unexpectedly (${decision.crashes}). Next start in ${decision.delay} ms.`);
      this.timer = setTimeout(() => void this.start(), decision.delay);
      return;
    }
    const why = `It stopped ${decision.crashes} times within a few minutes, so it is not started again by itself.`;
    this.enter({ kind: "down", why });
    this.log.error(why);
    void offerRestart(why);
  }

  private enter(state: ServerState): void {
    this.currentState = state;
    if (state.kind !== "running") this.currentStatus = undefined;
    this.changes.fire();
  }

  private newClient(): LanguageClient {
    const module = this.context.asAbsolutePath(serverEntry);
    const server: ServerOptions = {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--inspect=6019"] } },
    };
    let client: LanguageClient | undefined;
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: "file", language: "nix" },
        { scheme: "file", pattern: "**/impermanence.{json,jsonc}" },
      ],
      outputChannel: this.log,
      traceOutputChannel: this.log,
      initializationOptions,
      synchronize: { configurationSection: settingsSection },
      // A hover may link to the page of a rule, and to nothing else.
      markdown: { isTrusted: { enabledCommands: ["impermanence.explainRule"] } },
      middleware: { workspace: { configuration: answerConfiguration } },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (_error, _message, count) => ({
          action: (count ?? 0) <= tolerableErrors ? ErrorAction.Continue : ErrorAction.Shutdown,
          handled: true,
        }),
        closed: () => {
          // Restarting is done here, not by the client: it would pretend to be running while it waits. And it is done
          // after the client has put itself into order, or disposing of it would talk to a connection that is gone.
          setTimeout(() => client && this.crashed(client));
          return { action: CloseAction.DoNotRestart, handled: true, message: "The server's connection closed." };
        },
      },
    };
    client = new LanguageClient("impermanence", "Nix Impermanence", server, options);
    this.extend(client);
    client.onNotification(methods.status, (status: Status) => {
      if (this.client !== client) return;
      this.currentStatus = status;
      this.changes.fire();
    });
    return client;
  }
}

/** Says that findings are no longer kept up, once, and offers what helps. */
async function offerRestart(why: string): Promise<void> {
  const message = `The Nix Impermanence checker is not running, so findings are not shown. ${why}`;
  const choice = await vscode.window.showErrorMessage(message, "Restart", "Show Output");
  if (choice === "Restart") await vscode.commands.executeCommand("impermanence.restartServer");
  if (choice === "Show Output") await vscode.commands.executeCommand("impermanence.showOutput");
}
