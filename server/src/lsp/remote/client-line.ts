import type { Message, NotificationMessage, RequestMessage, ResponseMessage } from "vscode-languageserver";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What the client answers with instead of a result. */
export class ClientRefusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Requests and notifications of the main thread to the client, beside those of the evaluating thread. */
export class ClientLine {
  private readonly send: (message: Message) => void;
  private readonly waiting = new Map<string, Waiting>();
  private count = 0;

  constructor(send: (message: Message) => void) {
    this.send = send;
  }

  notify(method: string, params: object): void {
    this.send({ jsonrpc: "2.0", method, params } as NotificationMessage);
  }

  respond(message: Pick<ResponseMessage, "id"> & Partial<ResponseMessage>): void {
    this.send({ jsonrpc: "2.0", ...message } as ResponseMessage);
  }

  /**
   * Asks the client. When the signal is given, it is told that the answer is not needed any more.
   *
   * @throws ClientRefusal when the client answers with an error; the signal's reason when that is given
   */
  request<R>(method: string, params: object, signal?: AbortSignal): Promise<R> {
    signal?.throwIfAborted();
    const id = `remote:${++this.count}`;
    return new Promise<R>((resolve, reject) => {
      const abort = () => {
        this.waiting.delete(id);
        this.notify("$/cancelRequest", { id });
        reject(signal?.reason);
      };
      const done = () => {
        signal?.removeEventListener("abort", abort);
        this.waiting.delete(id);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.waiting.set(id, {
        resolve: (result) => {
          done();
          resolve(result as R);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.send({ jsonrpc: "2.0", id, method, params } as RequestMessage);
    });
  }

  /** Takes an answer of the client. False when it answers somebody else. */
  take({ id, result, error }: ResponseMessage): boolean {
    const waiting = this.waiting.get(String(id));
    if (!waiting) return String(id).startsWith("remote:");
    if (error) waiting.reject(new ClientRefusal(error.code, error.message));
    else waiting.resolve(result);
    return true;
  }
}
