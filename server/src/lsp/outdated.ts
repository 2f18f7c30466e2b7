import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { Interrupted } from "../eval/budget.ts";

/** Answers about a position: what was asked makes no sense any more when the text has changed meanwhile. */
export function unlessOutdated<R>(answer: () => R): R {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new ResponseError(LSPErrorCodes.ContentModified, "The text has changed.");
  }
}

/** Answers about no position: what is current by the time of the answer is what was meant. */
export async function onceCurrent<R>(token: CancellationToken, answer: () => R): Promise<R> {
  for (;;) {
    try {
      return answer();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
    // What interrupted it is looked at now.
    await new Promise(setImmediate);
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "It was cancelled.");
  }
}
