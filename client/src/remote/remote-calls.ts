import * as vscode from "vscode";
import { type LanguageClient, LSPErrorCodes, WorkDoneProgress } from "vscode-languageclient/node";
import {
  type AskParams,
  type ConsentParams,
  methods,
  type PlanParams,
  type RemoteArgument,
  type RemoteLogParams,
  type RemoteTextParams,
  type RemoteTextResult,
  type ResolveParams,
  type ResolveResult,
  remotePrefix,
} from "../../../server/src/protocol.ts";
import type { CheckerServer } from "../language-client.ts";
import type { Approvals } from "./approvals.ts";
import { askUser } from "./ask-dialog.ts";
import { confirmPlan } from "./plan-dialog.ts";

/** Milliseconds. */
const REFUSAL_SHOWN = 5_000;

/** Answers what the server asks about hosts, for every client that is started. */
export function answerServer(client: LanguageClient, approvals: Approvals, log: vscode.OutputChannel): void {
  const resolve = async (params: ResolveParams) =>
    (await client.sendRequest<ResolveResult>(methods.resolve, params)).lines;
  client.onRequest(methods.consent, (params: ConsentParams) => {
    const { destination } = params;
    return approvals.answer(params, () => resolve({ destination }));
  });
  client.onRequest(methods.ask, (params: AskParams) => askUser(params));
  client.onRequest(methods.confirm, (params: PlanParams) => confirmPlan(params));
  client.onNotification(methods.remoteLog, ({ line }: RemoteLogParams) => log.appendLine(line));
}

/** Runs one command on a host: its name, and the host with the options of the command. */
export type AskHost = <Result>(command: string, argument: RemoteArgument & object) => Promise<Result>;

/** Commands for hosts, as people see them run: with progress, a way to cancel, and errors in words. */
export class RemoteCalls {
  private readonly server: CheckerServer;
  private readonly log: vscode.OutputChannel;

  constructor(server: CheckerServer, log: vscode.OutputChannel) {
    this.server = server;
    this.log = log;
  }

  /** Undefined when there is no answer; the user has then been told, unless it was the user who cancelled. */
  run<Result>(
    command: string,
    title: string,
    argument: RemoteArgument,
    options: object = {},
  ): Promise<Result | undefined> {
    return this.steps(title, (ask) => ask<Result>(command, { ...argument, ...options }));
  }

  /** Several commands under one title, as {@link run}. What the work throws ends it, and the user is told. */
  async steps<Result>(title: string, work: (ask: AskHost) => Promise<Result>): Promise<Result | undefined> {
    const shown = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      return await vscode.window.withProgress(shown, (progress, token) =>
        work((command, argument) => this.execute(command, argument, progress, token)),
      );
    } catch (error) {
      // Who has just said no needs no message about it.
      if (errorCode(error) === "ECONSENT")
        vscode.window.setStatusBarMessage("$(circle-slash) ssh was not run", REFUSAL_SHOWN);
      else if (!isCancelled(error)) void this.tell(title, error);
      return undefined;
    }
  }

  /** The answer in words, as the command line prints it. */
  async text(command: string, result: unknown): Promise<string> {
    const params: RemoteTextParams = { command, result };
    return (await this.server.ask<RemoteTextResult>(methods.remoteText, params)).text;
  }

  /** Runs a command without showing that, for lists that a view wants. Rejects when there is no answer. */
  quietly<Result>(command: string): Promise<Result> {
    return this.server.ask<Result>("workspace/executeCommand", { command: `${remotePrefix}${command}` });
  }

  private async execute<Result>(
    command: string,
    argument: object,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ): Promise<Result> {
    const workDoneToken = `${command}-${Math.random().toString(36).slice(2)}`;
    let reached = 0;
    const listener = this.server.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind !== "report") return;
      const { message = "", percentage = reached } = value;
      progress.report({ message, increment: Math.max(0, percentage - reached) });
      reached = Math.max(reached, percentage);
    });
    try {
      const params = { command: `${remotePrefix}${command}`, arguments: [argument], workDoneToken };
      return await this.server.ask<Result>("workspace/executeCommand", params, token);
    } finally {
      listener.dispose();
    }
  }

  private async tell(title: string, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const choice = await vscode.window.showErrorMessage(`${title}: ${message}`, "Show Log of ssh");
    if (choice !== undefined) this.log.show(true);
  }
}

/** The code of an error that the server answered with, such as `ECANNOT`. */
export function errorCode(error: unknown): unknown {
  return (error as { data?: { code?: unknown } } | undefined)?.data?.code;
}

function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  return (error as { code?: unknown } | undefined)?.code === LSPErrorCodes.RequestCancelled;
}
