import { type ConsentParams, type ConsentResult, methods, WHERE_IT_LEADS } from "../../protocol.ts";
import type { NamedHost } from "../../remote/named-host.ts";
import type { RemoteCommand } from "../../remote/remote-command.ts";
import { printableLine } from "../../report/printable.ts";
import type { ClientLine } from "./client-line.ts";

const ALLOW = "Allow";
const REFUSE = "Don't Allow";

/** What the user is told before ssh is run for the first time for a host. */
export function consentParams({ destination, notes }: NamedHost, command: RemoteCommand): ConsentParams {
  const changes =
    command.effect === "reads"
      ? `“${command.name}” changes nothing on the host.`
      : `“${command.name}” can change the host. It shows its plan and asks again before it does.`;
  return {
    destination,
    question: `Let Nix Impermanence run ssh on ${printableLine(destination)}?`,
    details: [
      ...notes.map((note) => `${printableLine(note).replace(/^the /, "The ")}.`),
      "It runs your own ssh with your configuration and keys, and sends it a fixed script.",
      changes,
      "This is asked once for each host and workspace.",
    ],
    root: "The script uses root there, if the account is root or sudo asks for no password.",
  };
}

/** Says in sentences what ssh makes of a destination. This runs `ssh -G`, which can run what the user's configuration names. */
export type Resolve = (destination: string) => Promise<readonly string[]>;

/**
 * Asks the user through the client whether ssh may be run. A client of ours remembers the answer and says no in workspaces that are not
 * trusted; for all others it is remembered here until the server ends.
 */
export class Consent {
  private readonly line: ClientLine;
  private readonly resolve: Resolve;
  private readonly approved = new Set<string>();

  /** @param resolve asked only when the person who is asked wants to know it */
  constructor(line: ClientLine, resolve: Resolve) {
    this.line = line;
    this.resolve = resolve;
  }

  /** Questions are put again. Answers with the hosts that were approved. */
  forget(): string[] {
    const hosts = [...this.approved];
    this.approved.clear();
    return hosts;
  }

  async ask(params: ConsentParams, clientRemembers: boolean, signal: AbortSignal): Promise<ConsentResult> {
    if (clientRemembers) {
      const answer = await this.line.request<ConsentResult | null>(methods.consent, params, signal);
      return answer?.approved === true
        ? { approved: true }
        : { approved: false, ...(answer?.why ? { why: answer.why } : {}) };
    }
    if (this.approved.has(params.destination)) return { approved: true };
    let chosen = await this.choice(params, [], signal);
    if (chosen === WHERE_IT_LEADS) chosen = await this.choice(params, await this.resolve(params.destination), signal);
    if (chosen === undefined) {
      return { approved: false, why: "The editor cannot ask for consent (window/showMessageRequest)." };
    }
    if (chosen !== ALLOW) return { approved: false };
    this.approved.add(params.destination);
    return { approved: true };
  }

  /** The title of what was chosen, empty for nothing; undefined from an editor that cannot ask. */
  private async choice(
    { question, details, root }: ConsentParams,
    leads: readonly string[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const titles = leads.length === 0 ? [ALLOW, WHERE_IT_LEADS, REFUSE] : [ALLOW, REFUSE];
    const message = [question, ...(leads.length > 0 ? leads : [root]), ...details].join("\n");
    const request = { type: 2, message, actions: titles.map((title) => ({ title })) };
    try {
      const chosen = await this.line.request<{ title: string } | null>("window/showMessageRequest", request, signal);
      return chosen?.title ?? "";
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  }
}
