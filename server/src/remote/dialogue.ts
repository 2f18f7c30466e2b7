import type { RemoteRecord } from "./record-reader.ts";
import type { Argument, RemoteSession, StepOptions } from "./remote-command.ts";
import type { Verb } from "./verb.ts";

/** The client's side of a script that asks on its way what to do next. */
export class Dialogue {
  readonly #ended: Promise<undefined>;
  #questions: (readonly RemoteRecord[])[] = [];
  #wake: () => void = () => {};
  #reply: { answer(args: readonly Argument[]): void; stop(why: unknown): void } | undefined;

  constructor(session: RemoteSession, verb: Verb<unknown>, step: StepOptions) {
    const onAsk: StepOptions["onAsk"] = (records) =>
      new Promise((answer, stop) => {
        this.#reply?.stop(new Error("the host asked twice"));
        this.#reply = { answer, stop };
        this.#questions.push([...records]);
        this.#wake();
      });
    this.#ended = session.call(verb, { ...step, onAsk }).then(() => undefined);
    // Who talks hears of it when the next answer is due.
    this.#ended.catch(() => {});
  }

  /**
   * Answers the question that is open, if there is one, and waits for the next.
   *
   * @returns all records so far; undefined when the script came to its end instead, as a whole
   * @throws what `call` of the session throws
   */
  async next(...args: readonly Argument[]): Promise<readonly RemoteRecord[] | undefined> {
    this.#reply?.answer(args);
    this.#reply = undefined;
    const asked = new Promise<undefined>((wake) => {
      this.#wake = () => wake(undefined);
    });
    if (this.#questions.length === 0) await Promise.race([asked, this.#ended]);
    return this.#questions.shift();
  }

  /** Ends the script when it waits for an answer, and waits until it has ended. */
  async stop(why: unknown): Promise<void> {
    this.#reply?.stop(why);
    await this.#ended.catch(() => {});
  }
}

/**
 * Runs a script that asks, and talks to it. What `talk` leaves unanswered is answered with no words.
 *
 * @throws TransportError when there is no whole answer, and what `talk` throws
 */
export async function converse<Result>(
  session: RemoteSession,
  verb: Verb<unknown>,
  step: StepOptions,
  talk: (dialogue: Dialogue) => Promise<Result>,
): Promise<Result> {
  const dialogue = new Dialogue(session, verb, step);
  try {
    const result = await talk(dialogue);
    while ((await dialogue.next()) !== undefined);
    return result;
  } catch (error) {
    await dialogue.stop(error);
    throw error;
  }
}
