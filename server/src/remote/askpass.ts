import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Ask, questionOfSsh } from "./question.ts";
import askpassScript from "./scripts/askpass.sh";

/** Bytes that a question may have. */
const MAX_QUESTION = 64 * 1024;
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
  #cancelled = false;

  constructor(host: string, ask: Ask, notice: (text: string) => void) {
    this.#host = host;
    this.#ask = ask;
    this.#notice = notice;
  }

  /** Whether a question was left without an answer. */
  get cancelled(): boolean {
    return this.#cancelled;
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
        (answer) => socket.end(answer === null ? "" : JSON.stringify(answer)),
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
    if (this.#cancelled) return null;
    const attempt = this.#asked.get(text) ?? 0;
    this.#asked.set(text, attempt + 1);
    const question = questionOfSsh(text, this.#host, attempt);
    // What was right once is right for the next connection, too; asked twice in one login, it was not.
    const known = attempt === 0 ? this.#answers.get(text) : undefined;
    const answer = known ?? (await this.#ask(question));
    if (answer === null) {
      this.#cancelled = true;
      return null;
    }
    if (question.hidden) this.#answers.set(text, answer);
    return answer;
  }
}
