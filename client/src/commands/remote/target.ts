import * as vscode from "vscode";
import type { RemoteArgument } from "../../../../server/src/protocol.ts";
import type { DiffNode } from "../../remote/diff-model.ts";
import type { HostNode } from "../../remote/host-nodes.ts";
import { pickHost, reach } from "../../remote/host-picker.ts";
import type { KnownHost } from "../../remote/known-host.ts";
import type { CommandContext } from "../command.ts";

/** A host that a command is run on, and how it is reached. */
export interface Target {
  readonly host: KnownHost;
  readonly argument: RemoteArgument;
}

/**
 * The host that a command is about: of the line of the view it was called on, of a name it was given, else the one that the
 * user picks. Undefined: none, and the user knows why.
 */
export async function targetOf({ remote }: CommandContext, title: string, given: unknown): Promise<Target | undefined> {
  if (!vscode.workspace.isTrusted) {
    const manage = "Manage Workspace Trust";
    const choice = await vscode.window.showWarningMessage("ssh is not run in a workspace that is not trusted.", manage);
    if (choice === manage) await vscode.commands.executeCommand("workbench.trust.manage");
    return undefined;
  }
  const host = isNode(given) ? given.host : await named(remote.book, title, given);
  const argument = host && (await reach(host));
  return host && argument && { host, argument };
}

/** Keeps an answer, opens it as a document, and answers with its text. */
export async function showAnswer(
  { remote }: CommandContext,
  { host }: Target,
  command: string,
  result: unknown,
): Promise<void> {
  const text = await remote.calls.text(command, result);
  await remote.documents.show(remote.documents.keep(host.name, command, result, text));
}

export function isNode(given: unknown): given is HostNode {
  return typeof given === "object" && given !== null && "host" in given && "label" in given;
}

/** Whether a command was called on a line of the diff. */
export function isDiffNode(given: unknown): given is DiffNode {
  const kind = (given as { kind?: unknown } | undefined)?.kind;
  return (kind === "row" && "row" in (given as object)) || (kind === "group" && "rows" in (given as object));
}

async function named(book: CommandContext["remote"]["book"], title: string, given: unknown) {
  const hosts = await book.hosts().catch((): KnownHost[] => []);
  if (typeof given !== "string") return pickHost(title, hosts);
  const known = hosts.find(({ name }) => name === given);
  return known ?? { name: given, from: "typed" as const, destinations: [], description: "" };
}
