import type { Message } from "vscode-languageserver";
import type { StoppedHost } from "../workspace/live-analysis.ts";

/**
 * What the main thread, which talks to the client, and the thread that evaluates say to each other. Both may be
 * restarted without the client noticing only because everything passes through these few shapes.
 */

/** What the evaluating thread is given when it starts. */
export interface ThreadData {
  /** One Int32: how many messages that change something were sent. See {@link ToThread.changes}. */
  readonly sent: SharedArrayBuffer;
  /** Hosts that ended the thread before this one. */
  readonly stopped: readonly StoppedHost[];
}

/** A message of the client. */
export interface ToThread {
  readonly message: Message;
  /** Answers that are being computed are about earlier texts now, and are given up. */
  readonly changes: boolean;
}

export type FromThread =
  | { readonly kind: "message"; readonly message: Message }
  /** Until the next of these, this is what it is busy with. */
  | { readonly kind: "working"; readonly on: Work }
  | { readonly kind: "resting" };

/** What the evaluating thread does, so that somebody can be told when it does so for ever. */
export interface Work {
  readonly host?: { readonly key: string; readonly name: string; readonly file: string };
  /** URI of the document, when it is about one. */
  readonly document?: string;
  /** The request that is answered. */
  readonly request?: string | number;
}
