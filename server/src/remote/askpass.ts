import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Ask, questionOfSsh } from "./question.ts";
import askpassScript from "./scripts/askpass.sh";

/** Bytes that a question may have. */
const MAX_QUESTION = 64 * 1024;
/** Milliseconds that ssh has to end without an answer: it would send an empty one, thrice, and lock the account. */
const END = 500;
let count = 0;

/** Lets ssh ask a person. Its questions come over a socket in a private folder. */
export class Askpass {
  readonly #host: string;
  readonly #ask: Ask;
  readonly #notice: (text: string) => void;
  readonly #answers = new Map<string, string>();
  #asked = new Map<string, number>();
  #server: Server | undefined;
  #path = "";
  readonly #cancel = new AbortController();

  constructor(host: string, ask: Ask, notice: (text: string) => void) {
    this.#host = host;
    this.#ask = ask;
    this.#notice = notice;
  }

  /** Aborted when a question is left without an answer: ssh is to end before it gives one by itself. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** What ssh's environment must hold for one attempt to log in. The folder must be private. */
  async environment(folder: string): Promise<Record<string, string>> {
    this.#asked = new Map();
    const program = join(folder, "askpass");
    if (!this.#server) {
      writeFileSync(program, askpassScript, { mode: 0o700 });
      this.#path = join(folder, `ask-${++count}`);
      this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#hear(socket)).unref();
      this.#server.listen(this.#path);
      await once(this.#server, "listening");
    }
    return {
      NIX_IMPERMANENCE_NODE: process.execPath,
      NIX_IMPERMANENCE_ASKPASS: this.#path,
      SSH_ASKPASS: program,
      SSH_ASKPASS_REQUIRE: "force",
      // Older versions of ssh ask a program only where there is a display.
      DISPLAY: "none:0",
    };
  }

  close(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#answers.clear();
  }

  #hear(socket: Socket): void {
    let text = "";
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.length > MAX_QUESTION) socket.destroy();
      const end = text.indexOf("\n");
      if (end < 0) return;
      const line = text.slice(0, end);
      text = "";
      void this.#answer(line).then(
        (answer) => {
          if (answer === null) setTimeout(() => socket.end(), END).unref();
          else socket.end(JSON.stringify(answer));
        },
        () => socket.end(),
      );
    });
  }

  async #answer(line: string): Promise<string | null> {
    const { text, hint } = JSON.parse(line) as { text: string; hint: string };
    if (hint === "none") {
      // A security key wants to be touched: ssh ends the program when that has happened.
      this.#notice(text);
      return new Promise(() => {});
    }
    if (this.#cancel.signal.aborted) return null;
    const attempt = this.#asked.get(text) ?? 0;
    this.#asked.set(text, attempt + 1);
    const question = questionOfSsh(text, this.#host, attempt);
    // What was right once is right for the next connection, too; asked twice in one login, it was not.
    const known = attempt === 0 ? this.#answers.get(text) : undefined;
    const answer = known ?? (await this.#ask(question));
    if (answer === null) {
      this.#cancel.abort();
      return null;
    }
    if (question.kind === "passphrase" || question.kind === "password") this.#answers.set(text, answer);
    return answer;
  }
}
