import * as z from "zod";
import { methods, type RemoteArgument } from "../../protocol.ts";
import type { Connections } from "../../remote/connections.ts";
import { couldBeConfigured } from "../../remote/could-be-configured.ts";
import { type NamedHost, nameHost } from "../../remote/named-host.ts";
import { openSession } from "../../remote/open-session.ts";
import { answerWithOptionNames, planWithOptionNames, withOptionNames } from "../../remote/option-words.ts";
import type { Ask } from "../../remote/question.ts";
import type { Plan, RemoteCommand } from "../../remote/remote-command.ts";
import { checkedDestination } from "../../remote/ssh-arguments.ts";
import { TransportError } from "../../remote/transport-error.ts";
import { printable } from "../../report/printable.ts";
import type { ClientLine } from "./client-line.ts";
import type { ConfiguredHosts } from "./configured-hosts.ts";
import { confirmPlan } from "./confirm.ts";
import { type Consent, consentParams } from "./consent.ts";
import type { Progress } from "./progress.ts";

/** A command that is not one, or options that are not its own. */
export class Refused extends Error {}

/** What a command needs of the editor around it. */
export interface CommandContext {
  readonly client: ClientLine;
  readonly consent: Consent;
  readonly hosts: ConfiguredHosts;
  /** The client is ours: it remembers consent and shows plans. */
  readonly isOurs: boolean;
  readonly sshConfig: string | undefined;
  /** Shared by all commands. */
  readonly connections: Connections;
  readonly progress: Progress;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const argumentSchema: z.ZodType<RemoteArgument> = z.looseObject({
  host: z.string(),
  as: z.string().optional(),
  confirmed: z.string().optional(),
});

/**
 * Runs one command on one host, after consent. The answer has the form of the command's `result`.
 *
 * @throws Refused for options that make no sense; TransportError when there is no answer
 */
export async function runCommand(command: RemoteCommand, argument: unknown, context: CommandContext): Promise<unknown> {
  const { client, consent, isOurs, sshConfig, connections, progress, log, signal } = context;
  const named = argumentSchema.safeParse(argument);
  if (!named.success) throw new Refused(`A host is missing: the first argument is { "host": "…" }.`);
  const { host: given, as, confirmed, ...rest } = named.data;
  const options = command.options.safeParse(rest);
  if (!options.success) throw new Refused(z.prettifyError(options.error));

  const asking = { clientShows: isOurs, confirmed, signal };
  const host = await findHost(given, as, context, (plan, patch) =>
    confirmPlan(client, plan, { ...asking, destination: given, patch }),
  );
  for (const note of host.notes) log(`# ${note}`);
  const { destination } = host;
  const { approved, why } = await consent.ask(consentParams(host, command), isOurs, signal);
  if (!approved) {
    const reason = why === undefined ? "" : ` ${why}`;
    throw new TransportError("ECONSENT", `ssh was not run on ${destination}, because that is not approved.${reason}`);
  }
  progress.report(destination);
  const ask: Ask = async ({ text, ...question }) => {
    const answer = await client.request<unknown>(methods.ask, { ...question, text: printable(text) }, signal);
    return typeof answer === "string" ? answer : null;
  };
  const session = openSession(destination, {
    ...{ signal, log, connections, configured: host.configured, configFile: sshConfig },
    progress: (text, fraction) => progress.report(text, fraction),
    confirm: (plan) => confirmPlan(client, planWithOptionNames(plan, command), { ...asking, destination }),
    // Other clients have no way to ask for a text, least of all for a hidden one.
    ...(isOurs ? { ask } : {}),
  });
  try {
    const answer = command.result.parse(await command.run(destination, options.data, session));
    return answerWithOptionNames(answer, command);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw new TransportError(error.code, withOptionNames(error.message, command));
  } finally {
    await session.close();
  }
}

async function findHost(
  given: string,
  as: string | undefined,
  context: CommandContext,
  approve: (plan: Plan, patch: string) => Promise<boolean>,
): Promise<NamedHost> {
  const { hosts, sshConfig, progress } = context;
  const name = as ?? given;
  const asks = as !== undefined || couldBeConfigured(given);
  if (asks) progress.report("reading the configuration");
  const found = asks ? await hosts.find(name, approve) : undefined;
  if (as !== undefined && !found) throw new Refused(`There is no host ${as} in the workspace.`);
  const howToChoose = `, with "as": ${JSON.stringify(given)}`;
  const host = nameHost(given, found, { sshConfig, as, howToChoose });
  checkedDestination(host.destination);
  return host;
}
