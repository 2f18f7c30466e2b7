import * as vscode from "vscode";
import { type ConsentParams, type ConsentResult, WHERE_IT_LEADS } from "../../../server/src/protocol.ts";

/** In the workspace's state, which VS Code keeps outside of the workspace's folders. */
const KEY = "approvedHosts";
const ALLOW = "Allow";

/** On which hosts ssh may be run from this workspace. The user is asked once for each. */
export class Approvals {
  private readonly state: vscode.Memento;
  /** Questions on the screen: who asks for the same host meanwhile waits for the same answer. */
  private readonly asking = new Map<string, Promise<ConsentResult>>();

  constructor(state: vscode.Memento) {
    this.state = state;
  }

  get destinations(): readonly string[] {
    return this.state.get<string[]>(KEY, []);
  }

  async forget(destinations: readonly string[]): Promise<void> {
    await this.state.update(
      KEY,
      this.destinations.filter((one) => !destinations.includes(one)),
    );
  }

  /**
   * Answers the server, which asks before each run.
   *
   * @param resolve asks what ssh makes of the name; only called when the user wants to know it, as it runs ssh
   */
  async answer(params: ConsentParams, resolve: () => Promise<readonly string[]>): Promise<ConsentResult> {
    if (!vscode.workspace.isTrusted) return { approved: false, why: "This workspace is not trusted." };
    if (this.destinations.includes(params.destination)) return { approved: true };
    const asking = this.asking.get(params.destination) ?? this.ask(params, resolve);
    this.asking.set(params.destination, asking);
    return asking.finally(() => this.asking.delete(params.destination));
  }

  private async ask(
    { destination, question, details, root }: ConsentParams,
    resolve: () => Promise<readonly string[]>,
  ) {
    const show = (lines: readonly string[], ...buttons: string[]) => {
      const detail = [...lines, ...details].join("\n\n");
      return vscode.window.showWarningMessage(question, { modal: true, detail }, ...buttons);
    };
    let choice = await show([root], ALLOW, WHERE_IT_LEADS);
    if (choice === WHERE_IT_LEADS) {
      const lines = await resolve().catch((error: unknown) => [
        `Where it leads is not known: ${error instanceof Error ? error.message : error}`,
        root,
      ]);
      choice = await show(lines, ALLOW);
    }
    if (choice !== ALLOW) return { approved: false };
    await this.state.update(KEY, [...this.destinations, destination]);
    return { approved: true };
  }
}
