import {
  ErrorCodes,
  type ExecuteCommandParams,
  LSPErrorCodes,
  type Message,
  type RequestMessage,
  type ResponseMessage,
  type WorkDoneProgressParams,
} from "vscode-languageserver";
import {
  type InitializationOptions,
  methods,
  type RemoteTextParams,
  type ResolveParams,
  remotePrefix,
} from "../../protocol.ts";
import { REMOTE_COMMANDS } from "../../remote/commands.ts";
import { Connections } from "../../remote/connections.ts";
import { withOptionNames } from "../../remote/option-words.ts";
import { destinationInWords, resolveDestination } from "../../remote/resolved-destination.ts";
import { TransportError } from "../../remote/transport-error.ts";
import type { Desk, DeskLines } from "../supervisor.ts";
import { ClientLine } from "./client-line.ts";
import { ConfiguredHosts } from "./configured-hosts.ts";
import { Consent } from "./consent.ts";
import { listHosts } from "./list-hosts.ts";
import { Progress } from "./progress.ts";
import { Refused, runCommand } from "./run-command.ts";
import { sshConfigFile } from "./ssh-settings.ts";

const HOSTS = "hosts";
const FORGET = "forgetApprovedHosts";

/**
 * Answers the commands that reach a host over ssh. It lives in the thread that talks to the client: an evaluation that
 * takes long neither holds a command up nor, when it is ended, takes one with it.
 */
export class RemoteDesk implements Desk {
  private readonly lines: DeskLines;
  private readonly client: ClientLine;
  private readonly consent: Consent;
  private readonly hosts: ConfiguredHosts;
  /** People look at one answer and then ask for the next: a login that asks something is worth keeping. */
  private readonly connections = new Connections(300);
  /** Commands under way, by the id of their request and by the token of their progress. */
  private readonly running = new Map<string | number, AbortController>();
  private readonly tokens = new Map<string | number, AbortController>();
  private count = 0;

  constructor(lines: DeskLines) {
    this.lines = lines;
    this.client = new ClientLine((message) => lines.toClient(message));
    this.consent = new Consent(this.client, (destination) => this.resolve(destination));
    this.hosts = new ConfiguredHosts((method, params) => lines.askThread(method, params), this.client);
  }

  capabilities(): object {
    // A client of ours has commands with the same work, and asks by itself.
    if (this.isOurs) return {};
    const names = [...REMOTE_COMMANDS.map(({ name }) => name), HOSTS, FORGET];
    const commands = names.map((name) => `${remotePrefix}${name}`);
    return { executeCommandProvider: { commands, workDoneProgress: true } };
  }

  take(message: Message): boolean {
    const { id, method, params } = message as RequestMessage;
    if (method === undefined) return this.client.take(message as ResponseMessage);
    switch (method) {
      case "workspace/executeCommand": {
        const { command } = (params ?? {}) as Partial<ExecuteCommandParams>;
        if (id === undefined || id === null) return false;
        if (typeof command === "string" && command.startsWith(remotePrefix))
          void this.execute(id, command.slice(remotePrefix.length), params as ExecuteCommandParams);
        else if (this.isOurs) return false;
        else this.refuseCommand(id, command);
        return true;
      }
      case methods.remoteText:
        if (id !== undefined && id !== null) this.text(id, params as unknown as RemoteTextParams);
        return true;
      case methods.resolve:
        if (id !== undefined && id !== null) void this.answerResolve(id, params as unknown as ResolveParams);
        return true;
      case "$/cancelRequest":
        return this.cancel(this.running.get((params as unknown as { id: string | number }).id));
      case "window/workDoneProgress/cancel":
        return this.cancel(this.tokens.get((params as unknown as { token: string | number }).token));
      default:
        return false;
    }
  }

  end(): void {
    for (const controller of this.running.values()) controller.abort();
    void this.connections.close();
  }

  private get isOurs(): boolean {
    return (this.lines.state.client?.initializationOptions as InitializationOptions | undefined)?.remote === true;
  }

  /** Lenses have an empty command, which some clients send when one is clicked on. */
  private refuseCommand(id: string | number, command: unknown): void {
    if (command === "") this.client.respond({ id, result: null });
    else
      this.client.respond({
        id,
        error: { code: ErrorCodes.InvalidParams, message: `There is no command ${command}.` },
      });
  }

  private cancel(controller: AbortController | undefined): boolean {
    controller?.abort();
    return controller !== undefined;
  }

  private async execute(
    id: string | number,
    name: string,
    { arguments: args, workDoneToken }: ExecuteCommandParams & WorkDoneProgressParams,
  ): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.running.set(id, controller);
    const showsProgress = this.lines.state.client?.capabilities.window?.workDoneProgress === true;
    const own = showsProgress ? `nix-impermanence/remote/${++this.count}` : undefined;
    const progress = await Progress.begin(this.client, workDoneToken, own, `Nix Impermanence: ${name}`);
    if (progress.token !== undefined) this.tokens.set(progress.token, controller);
    const answer = await this.run(name, args?.[0], progress, signal).then(
      (result) => ({ id, result: result as ResponseMessage["result"] }),
      (error: unknown) => ({ id, error: errorFor(error, signal) }),
    );
    this.running.delete(id);
    if (progress.token !== undefined) this.tokens.delete(progress.token);
    progress.end();
    this.client.respond(answer);
  }

  private async run(name: string, argument: unknown, progress: Progress, signal: AbortSignal): Promise<unknown> {
    if (name === FORGET) return this.consent.forget();
    const sshConfig = await sshConfigFile(this.client, this.lines.state, signal);
    if (name === HOSTS) return listHosts(this.hosts, sshConfig);
    const command = REMOTE_COMMANDS.find((one) => one.name === name);
    if (!command) throw new Refused(`There is no command ${remotePrefix}${name}.`);
    const { client, consent, hosts, connections, isOurs } = this;
    const log = (line: string) => this.log(line);
    return runCommand(command, argument, {
      client,
      consent,
      hosts,
      connections,
      isOurs,
      sshConfig,
      progress,
      log,
      signal,
    });
  }

  private async resolve(destination: string): Promise<string[]> {
    const configFile = await sshConfigFile(this.client, this.lines.state, new AbortController().signal);
    return destinationInWords(await resolveDestination(destination, configFile));
  }

  private async answerResolve(id: string | number, { destination }: ResolveParams): Promise<void> {
    const answer = await this.resolve(String(destination)).then(
      (lines) => ({ id, result: { lines } }),
      (error: Error) => ({ id, error: { code: ErrorCodes.InvalidParams, message: error.message } }),
    );
    this.client.respond(answer);
  }

  private text(id: string | number, { command, result }: RemoteTextParams): void {
    const found = REMOTE_COMMANDS.find(({ name }) => name === command);
    const parsed = found?.result.safeParse(result);
    if (found && parsed?.success) {
      const text = found.text(parsed.data, (sentence) => withOptionNames(sentence, found));
      this.client.respond({ id, result: { text } });
    } else
      this.client.respond({
        id,
        error: { code: ErrorCodes.InvalidParams, message: "That is no answer of a command." },
      });
  }

  private log(line: string): void {
    if (this.isOurs) this.client.notify(methods.remoteLog, { line });
    else this.client.notify("window/logMessage", { type: 4, message: line });
  }
}

/** An error in words for people, with the code for programs in `data`. */
function errorFor(error: unknown, signal: AbortSignal): NonNullable<ResponseMessage["error"]> {
  if (signal.aborted || (error instanceof TransportError && error.code === "ECANCELLED")) {
    const message = error instanceof TransportError ? error.message : "Cancelled.";
    return { code: LSPErrorCodes.RequestCancelled, message, data: { code: "ECANCELLED" } };
  }
  if (error instanceof Refused) return { code: ErrorCodes.InvalidParams, message: error.message };
  const code = error instanceof TransportError ? error.code : "EINTERNAL";
  const message = error instanceof Error ? error.message : String(error);
  return { code: LSPErrorCodes.RequestFailed, message, data: { code } };
}
