import type { MessagePort } from "node:worker_threads";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageStrategy,
  type MessageWriter,
} from "vscode-languageserver/node";
import { budget } from "../eval/budget.ts";
import type { FromThread, ThreadData, ToThread, Work } from "./thread-messages.ts";

/**
 * The evaluating thread's side of the line to the main thread: messages of the protocol, what is being worked on,
 * and whether something newer waits, which is seen at once, even in the middle of an evaluation.
 */
export class ThreadLine implements MessageStrategy {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  private readonly port: MessagePort;
  private readonly sent: Int32Array;
  private readonly changing = new WeakSet<Message>();
  private handled = 0;
  private restIsDue = false;

  constructor(port: MessagePort, data: ThreadData) {
    this.port = port;
    this.sent = new Int32Array(data.sent);
    this.reader = new PortReader(port, this.changing);
    this.writer = new PortWriter(port);
    budget.interrupted = () => this.isOutdated;
  }

  /** Whether the client has changed something that was not looked at yet. */
  get isOutdated(): boolean {
    return Atomics.load(this.sent, 0) !== this.handled;
  }

  /** Tells what the rest of this turn is spent on, or until the next call. */
  working(on: Work): void {
    this.post({ kind: "working", on });
    if (this.restIsDue) return;
    this.restIsDue = true;
    setImmediate(() => {
      this.restIsDue = false;
      this.post({ kind: "resting" });
    });
  }

  handleMessage(message: Message, next: (message: Message) => void | Promise<void>): void | Promise<void> {
    if (this.changing.has(message)) this.handled++;
    budget.renew();
    this.working(workOf(message));
    return next(message);
  }

  private post(message: FromThread): void {
    this.port.postMessage(message);
  }
}

/** What a message is about. */
export function workOf(message: Message): Work {
  const { id, params } = message as { id?: string | number; params?: { textDocument?: { uri?: unknown } } };
  const uri = params?.textDocument?.uri;
  return {
    ...(typeof uri === "string" ? { document: uri } : {}),
    ...(id === undefined ? {} : { request: id }),
  };
}

class PortReader extends AbstractMessageReader {
  private readonly port: MessagePort;
  private readonly changing: WeakSet<Message>;

  constructor(port: MessagePort, changing: WeakSet<Message>) {
    super();
    this.port = port;
    this.changing = changing;
  }

  listen(callback: DataCallback): Disposable {
    const take = ({ message, changes }: ToThread) => {
      if (changes) this.changing.add(message);
      callback(message);
    };
    this.port.on("message", take);
    return { dispose: () => this.port.off("message", take) };
  }
}

class PortWriter extends AbstractMessageWriter {
  private readonly port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.port = port;
  }

  async write(message: Message): Promise<void> {
    this.port.postMessage({ kind: "message", message } satisfies FromThread);
  }

  end(): void {}
}
