import type { ProgressToken } from "vscode-languageserver";
import type { ClientLine } from "./client-line.ts";

/** Reports on one command, by the token that came with it, or by one that the client was asked to make. */
export class Progress {
  private readonly line: ClientLine;
  readonly token: ProgressToken | undefined;

  private constructor(line: ClientLine, token: ProgressToken | undefined) {
    this.line = line;
    this.token = token;
  }

  /** @param own a token to propose when none was given; undefined when the client shows none */
  static async begin(line: ClientLine, given: ProgressToken | undefined, own: string | undefined, title: string) {
    let token = given;
    if (token === undefined && own !== undefined) {
      const made = line.request("window/workDoneProgress/create", { token: own });
      token = await made.then(
        () => own,
        () => undefined,
      );
    }
    const progress = new Progress(line, token);
    progress.say({ kind: "begin", title, cancellable: true });
    return progress;
  }

  /** @param fraction of all that is to be done, from 0 to 1 */
  report(message: string, fraction?: number): void {
    const percentage =
      fraction === undefined ? {} : { percentage: Math.round(Math.min(1, Math.max(0, fraction)) * 100) };
    this.say({ kind: "report", message, ...percentage });
  }

  end(): void {
    this.say({ kind: "end" });
  }

  private say(value: object): void {
    if (this.token !== undefined) this.line.notify("$/progress", { token: this.token, value });
  }
}
