import * as vscode from "vscode";
import type { CheckerServer } from "../language-client.ts";
import type { RemoteSide } from "../remote/remote-side.ts";

/** What the commands may use. */
export interface CommandContext {
  readonly extension: vscode.Extension<unknown>;
  readonly server: CheckerServer;
  readonly log: vscode.LogOutputChannel;
  /** Hosts over ssh. */
  readonly remote: RemoteSide;
}

/** A command: its arguments come from whoever runs it, so they are unknown. */
export type Command = (context: CommandContext, ...args: unknown[]) => Promise<void> | void;

/**
 * Asks the server on behalf of a command the user started. Undefined when it cannot answer; the user has then been told,
 * with the way out.
 */
export async function askForUser<R>(context: CommandContext, method: string): Promise<R | undefined> {
  try {
    return await context.server.ask<R>(method);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void offerWayOut(why);
    return undefined;
  }
}

async function offerWayOut(why: string): Promise<void> {
  const choice = await vscode.window.showWarningMessage(`Nix Impermanence: ${why}`, "Restart", "Show Output");
  if (choice === "Restart") await vscode.commands.executeCommand("impermanence.restartServer");
  if (choice === "Show Output") await vscode.commands.executeCommand("impermanence.showOutput");
}
