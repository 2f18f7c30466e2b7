import {
  ErrorCodes,
  LSPErrorCodes,
  type Message,
  type MessageReader,
  type MessageWriter,
  type NotificationMessage,
  type PublishDiagnosticsParams,
  type RequestMessage,
  type ResponseMessage,
} from "vscode-languageserver";
import { whenPatienceEnds } from "../platform/patience.ts";
import type { StoppedHost } from "../workspace/live-analysis.ts";
import { ClientState, changesSomething } from "./client-state.ts";
import type { EvaluatingThread, ThreadEvents } from "./evaluating-thread.ts";
import type { FromThread, ThreadData, Work } from "./thread-messages.ts";

/** Seconds of computing without a sign of life after which an evaluation is taken to go on for ever. */
export const PATIENCE = 30;
/** Milliseconds before a start that follows others. One failure more in these minutes, and the process ends. */
const PAUSES = [0, 500, 2_000, 8_000, 20_000];
const MEMORY = 3 * 60_000;
/** Milliseconds in which a host that was stopped twice is left alone; doubled each time. */
const HOST_PAUSE = 30_000;

/** Milliseconds that the end waits for what is being written. */
const LAST_WORDS = 500;

/** After these, a document that was withheld is another one. */
const RELEASING: ReadonlySet<string> = new Set([
  "textDocument/didOpen",
  "textDocument/didChange",
  "textDocument/didClose",
]);

/** The id of the `initialize` that only the thread hears. */
const RESTART = "nix-impermanence/restart";

export interface SupervisorOptions {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly start: (data: ThreadData, events: ThreadEvents) => EvaluatingThread;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Seconds; see {@link PATIENCE}. */
  readonly patience?: number;
  /** Makes what answers commands in this thread, where no evaluation is in the way. */
  readonly desk?: (inside: DeskLines) => Desk;
}

/** What the main thread answers by itself. */
export interface Desk {
  /** Capabilities beside those of the evaluating thread. */
  capabilities(): object;
  /** Takes a message of the client. False when it is not for the desk. */
  take(message: Message): boolean;
  /** The client wants no more answers. */
  end(): void;
}

/** How a desk reaches the others. */
export interface DeskLines {
  toClient(message: Message): void;
  /** Asks the evaluating thread. It may take as long as an evaluation, and survives the end of a thread. */
  askThread<R>(method: string, params: object): Promise<R>;
  readonly state: ClientState;
}

/** What the ids of requests of a desk to the thread start with. */
const INSIDE = "nix-impermanence/inside/";

/**
 * Stands between the client and the thread that evaluates. It passes messages on, sees when that thread does not
 * come back or dies, starts another, tells it everything the client said and what to keep off, and repeats the
 * requests that are still open. The client notices nothing but one finding that says what is not checked, and why.
 */
export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly patience: number;
  private readonly state = new ClientState();
  private readonly sent = new SharedArrayBuffer(4);
  /** Requests of the client without an answer, by id. */
  private readonly open = new Map<string | number, RequestMessage>();
  /** Requests of the thread that lives, by the id that the client was given. */
  private readonly asked = new Map<string, string | number>();
  private readonly stopped = new Map<string, StoppedHost & { readonly times: number }>();
  /** Documents that ended a thread; they are passed on again when they change. */
  private readonly withheld = new Set<string>();
  private failures: number[] = [];
  private thread: EvaluatingThread | undefined;
  private isReady = false;
  private initialized = false;
  private work: Work = {};
  /** Ends the wait for what the thread is at; undefined while it rests. */
  private calmDown: (() => void) | undefined;
  private stopReason: string | undefined;
  private shutdown = false;
  private starts = 0;
  private readonly desk: Desk | undefined;
  /** Who waits for answers of the thread in this one, by id. */
  private readonly inside = new Map<string | number, (answer: ResponseMessage) => void>();
  private insideCount = 0;
  /** Messages to the client that are being written. */
  private unheard = 0;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.patience = options.patience ?? PATIENCE;
    this.desk = options.desk?.({
      toClient: (message) => this.toClient(message),
      askThread: (method, params) => this.askThread(method, params),
      state: this.state,
    });
  }

  run(): void {
    this.options.reader.onError((error) => this.unreadable(error));
    this.options.reader.listen((message) => this.fromClient(message));
  }

  /** A message that is no JSON is answered as such. Where none can be told from the next, there is nobody to talk to. */
  private unreadable(error: Error): void {
    if (error instanceof SyntaxError) {
      this.answerWith(null, ErrorCodes.ParseError, `This is no JSON: ${error.message}`);
      return;
    }
    this.log(`A message of the client could not be read: ${error.message}`);
    if (isLostTrack(error)) this.endWhenHeard();
  }

  /** The client has gone. */
  end(): void {
    this.desk?.end();
    this.options.exit(this.shutdown ? 0 : 1);
  }

  private fromClient(message: Message): void {
    const { id, method } = message as RequestMessage;
    if (method === "exit") this.endWhenHeard();
    else if (method !== undefined && this.refuses(message as RequestMessage)) return;
    else if (this.initialized && this.desk?.take(message)) return;
    else if (method === undefined) this.answered(message as ResponseMessage);
    else if (method === "shutdown") {
      this.shutdown = true;
      this.desk?.end();
      this.toClient({ jsonrpc: "2.0", id, result: null } as ResponseMessage);
    } else this.told(message as RequestMessage);
  }

  /** What the protocol does not allow at this time; requests hear so, the rest is dropped. */
  private refuses({ id, method }: RequestMessage): boolean {
    const isFirst = method === "initialize";
    let why: readonly [code: number, message: string];
    if (this.shutdown) why = [ErrorCodes.InvalidRequest, "The server has been shut down."];
    else if (this.starts === 0 && !isFirst)
      why = [ErrorCodes.ServerNotInitialized, "The first request has to be `initialize`."];
    else if (this.starts > 0 && isFirst) why = [ErrorCodes.InvalidRequest, "`initialize` is sent once."];
    else return false;
    if (id !== undefined && id !== null) this.answerWith(id, ...why);
    return true;
  }

  /** A request or a notification. */
  private told(message: RequestMessage): void {
    const { id, method } = message;
    this.state.note(message);
    if (id !== undefined && id !== null) this.open.set(id, message);
    if (method === "initialize") {
      this.watchParent(message.params);
      this.start();
    } else if (this.isReady) this.forward(message);
  }

  private forward(message: Message): void {
    const uri = (message as { params?: { textDocument?: { uri?: string } } }).params?.textDocument?.uri;
    if (uri !== undefined && this.withheld.has(uri)) {
      const { id, method } = message as RequestMessage;
      if (RELEASING.has(method)) this.release(uri);
      // What is not checked has nothing to show, and a client waits for every answer.
      else if (this.open.delete(id as string | number)) {
        const result = method === "textDocument/diagnostic" ? { kind: "full", items: [] } : null;
        this.answer({ jsonrpc: "2.0", id, result } as ResponseMessage);
      }
      return;
    }
    this.toThread(message);
  }

  private toThread(message: Message): void {
    const changes = changesSomething(message);
    if (changes) Atomics.add(new Int32Array(this.sent), 0, 1);
    this.thread?.send({ message, changes });
  }

  private fromThread(message: FromThread): void {
    this.calmDown?.();
    if (message.kind === "message") {
      this.passOn(message.message);
      if (this.calmDown) this.watch();
      return;
    }
    if (message.kind === "resting") {
      this.calmDown = undefined;
      return;
    }
    this.work = message.on;
    this.watch();
  }

  private watch(): void {
    this.calmDown = whenPatienceEnds(this.patience, () => {
      this.stopReason = `the evaluation did not end within ${this.patience} seconds`;
      this.thread?.end();
    });
  }

  private passOn(message: Message): void {
    const { id, method } = message as RequestMessage;
    if (method === undefined) {
      const request = this.open.get(id as string | number);
      this.open.delete(id as string | number);
      if (id === RESTART || (request?.method === "initialize" && !this.initialized))
        this.ready(message as ResponseMessage);
      else if (request) this.answer(message as ResponseMessage);
      return;
    }
    if (id === undefined || id === null) {
      if (method !== "textDocument/publishDiagnostics" || !this.isOutdated(message)) this.toClient(message);
      return;
    }
    // What the client watches it was told by the first thread.
    if (method === "client/registerCapability" && this.starts > 1) {
      this.toThread({ jsonrpc: "2.0", id, result: null } as ResponseMessage);
      return;
    }
    const own = `${this.starts}:${id}`;
    this.asked.set(own, id);
    this.toClient({ ...message, id: own } as RequestMessage);
  }

  /** Findings for a text that is not shown any more. */
  private isOutdated(message: Message): boolean {
    const { uri, version } = (message as NotificationMessage).params as PublishDiagnosticsParams;
    const shown = this.state.version(uri);
    return version !== undefined && shown !== undefined && version < shown;
  }

  private answered(message: ResponseMessage): void {
    const id = this.asked.get(String(message.id));
    // Else it was asked by a thread that is gone.
    if (id === undefined) return;
    this.asked.delete(String(message.id));
    this.toThread({ ...message, id } as ResponseMessage);
  }

  private start(): void {
    const first = this.state.firstMessage();
    if (!first) return;
    this.starts++;
    this.isReady = false;
    this.asked.clear();
    this.work = {};
    this.stopReason = undefined;
    Atomics.store(new Int32Array(this.sent), 0, 0);
    const stopped = [...this.stopped.values()].map(({ key, why, notBefore }) => ({ key, why, notBefore }));
    const thread = this.options.start(
      { sent: this.sent, stopped },
      {
        onMessage: (message) => this.thread === thread && this.fromThread(message),
        onEnd: (why) => this.thread === thread && this.died(this.stopReason ?? why),
      },
    );
    this.thread = thread;
    this.watch();
    this.toThread(this.initialized ? ({ ...first, id: RESTART } as RequestMessage) : first);
  }

  /** The thread has answered `initialize`: now it hears the rest. */
  private ready(response: ResponseMessage): void {
    this.isReady = true;
    if (!this.initialized) this.toClient(this.withDesk(response));
    this.initialized = true;
    for (const message of this.state.otherMessages(this.withheld)) this.toThread(message);
    for (const message of [...this.open.values()]) this.forward(message);
  }

  private died(why: string): void {
    this.calmDown?.();
    this.calmDown = undefined;
    this.thread = undefined;
    this.isReady = false;
    const now = Date.now();
    const { host, document, request } = this.work;
    const what = host ? `of ${host.name} (${host.file})` : document ? `of ${document}` : "of the workspace";
    this.log(`The evaluation ${what} was stopped, because ${why}. The checker starts anew without it.`);
    // Keeping off what has not been kept off before is a reason to hope; anything else counts as a failure.
    let progress = false;
    if (host) progress = this.keepOff(host.key, why, now);
    else if (document !== undefined && this.state.version(document) !== undefined)
      progress = this.withhold(document, why);
    if (!host && request !== undefined)
      this.fail(request, LSPErrorCodes.RequestFailed, `It was stopped, because ${why}.`);
    if (!progress) this.failures = [...this.failures.filter((time) => now - time < MEMORY), now];
    const pause = PAUSES[this.failures.length];
    if (pause === undefined) {
      this.log("The checker was stopped too often within a few minutes and ends.");
      this.options.exit(1);
    } else setTimeout(() => this.start(), pause);
  }

  /** The next threads leave the host alone as long as nothing changes. Answers whether that is new. */
  private keepOff(key: string, why: string, now: number): boolean {
    const times = (this.stopped.get(key)?.times ?? 0) + 1;
    const pause = times === 1 ? 0 : HOST_PAUSE * 2 ** (times - 2);
    this.stopped.set(key, { key, why: `${why}; it is tried again after a change`, notBefore: now + pause, times });
    return times === 1;
  }

  /** The next threads do not hear of the document as long as it does not change. Answers whether that is new. */
  private withhold(uri: string, why: string): boolean {
    if (this.withheld.has(uri)) return false;
    this.withheld.add(uri);
    const start = { line: 0, character: 0 };
    const version = this.state.version(uri);
    const message = `This file is not checked, because ${why}. It is tried again after a change.`;
    const diagnostics = [
      { range: { start, end: start }, severity: 3, source: "impermanence", code: "IMP000", message },
    ];
    const params = { uri, diagnostics, ...(version === undefined ? {} : { version }) };
    this.toClient({ jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params } as NotificationMessage);
    return true;
  }

  /** A document that was withheld has changed or is closed. A client that asks for findings is sent no others. */
  private release(uri: string): void {
    this.withheld.delete(uri);
    const params = { uri, diagnostics: [] };
    this.toClient({ jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params } as NotificationMessage);
    const opening = this.state.opening(uri);
    if (opening) this.toThread(opening);
  }

  private fail(id: string | number | null, code: number, message: string): void {
    if (id !== null && this.open.delete(id)) this.answerWith(id, code, message);
  }

  private answerWith(id: string | number | null, code: number, message: string): void {
    this.answer({ jsonrpc: "2.0", id, error: { code, message } });
  }

  /** To the client, or to the desk if that has asked. */
  private answer(message: ResponseMessage): void {
    const waiting = this.inside.get(message.id as string | number);
    this.inside.delete(message.id as string | number);
    if (waiting) waiting(message);
    else this.toClient(message);
  }

  private askThread<R>(method: string, params: object): Promise<R> {
    const id = `${INSIDE}${++this.insideCount}`;
    const message: RequestMessage = { jsonrpc: "2.0", id, method, params };
    return new Promise((resolve, reject) => {
      this.inside.set(id, ({ error, result }) => (error ? reject(new Error(error.message)) : resolve(result as R)));
      this.open.set(id, message);
      if (this.isReady) this.toThread(message);
    });
  }

  /** The thread's answer to `initialize` with what this thread can do. */
  private withDesk(response: ResponseMessage): ResponseMessage {
    const result = response.result as { capabilities?: object } | undefined;
    if (!this.desk || !result) return response;
    return {
      ...response,
      result: { ...result, capabilities: { ...result.capabilities, ...this.desk.capabilities() } },
    };
  }

  private log(message: string): void {
    const params = { type: 1, message };
    this.toClient({ jsonrpc: "2.0", method: "window/logMessage", params } as NotificationMessage);
  }

  private toClient(message: Message): void {
    this.unheard++;
    const written = () => {
      this.unheard--;
    };
    // The end of the client is noticed where it is read from.
    this.options.writer.write(message).then(written, written);
  }

  /** A client may say all that it has to say at once, and still wants its answers. */
  private endWhenHeard(until = Date.now() + LAST_WORDS): void {
    if (this.unheard === 0 || Date.now() > until) this.end();
    else setImmediate(() => this.endWhenHeard(until));
  }

  /** Ends when the client's process does, even if the line to it stays open. */
  private watchParent(params: unknown): void {
    const id = (params as { processId?: unknown } | undefined)?.processId;
    if (typeof id !== "number" || this.starts > 0) return;
    setInterval(() => {
      try {
        process.kill(id, 0);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") this.end();
      }
    }, 3_000).unref();
  }
}

/** Whether an error of the reader means that it does not know where the next message begins. */
function isLostTrack({ message }: Error): boolean {
  return /^(Header must provide|Content-Length value|Message header must)/.test(message);
}
