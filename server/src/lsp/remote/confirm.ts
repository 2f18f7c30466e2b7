import { methods, type PlanParams } from "../../protocol.ts";
import type { Plan } from "../../remote/remote-command.ts";
import { TransportError } from "../../remote/transport-error.ts";
import { printable, printableLine } from "../../report/printable.ts";
import type { ClientLine } from "./client-line.ts";

const GO_ON = "Go On";
/** Lines of a plan in a message box. */
const SHOWN = 20;

export interface Asking {
  readonly destination: string;
  /** The client shows plans by itself. */
  readonly clientShows: boolean;
  /** The word that came along with the command. */
  readonly confirmed: string | undefined;
  readonly signal: AbortSignal;
  /** What is done to files, where the plan is about them. */
  readonly patch?: string | undefined;
}

/** Shows a plan in the client and asks. A plan that wants a word typed is not done by a button. */
export async function confirmPlan(line: ClientLine, plan: Plan, asking: Asking): Promise<boolean> {
  const { destination, clientShows, confirmed, signal, patch } = asking;
  const shown: PlanParams = {
    destination,
    title: printableLine(plan.title),
    lines: plan.lines.map(printableLine),
    ...(plan.typed === undefined ? {} : { typed: plan.typed }),
    ...(patch === undefined ? {} : { patch: printable(patch) }),
  };
  if (clientShows) return (await line.request<unknown>(methods.confirm, shown, signal)) === true;
  if (plan.typed !== undefined && confirmed !== undefined) return confirmed === plan.typed;
  const more = shown.lines.length - SHOWN;
  const text = [shown.title, ...shown.lines.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
  if (plan.typed !== undefined) {
    const again = JSON.stringify({ confirmed: plan.typed });
    throw new TransportError(
      "ECONSENT",
      `${text}\nThis cannot be undone. To do it, give ${again} along with the command.`,
    );
  }
  const params = { type: 2, message: text, actions: [{ title: GO_ON }, { title: "Cancel" }] };
  const chosen = await line.request<{ title: string } | null>("window/showMessageRequest", params, signal);
  return chosen?.title === GO_ON;
}
