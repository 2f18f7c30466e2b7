import type { HostStatus } from "../../../../server/src/remote/status.ts";
import type { Command } from "../command.ts";
import { showAnswer, targetOf } from "./target.ts";

/** Asks a host whether its root was wiped, and shows the answer. */
export const hostStatus: Command = async (context, given) => {
  const target = await targetOf(context, "Status of a Live Host", given);
  if (!target) return;
  const { host, argument } = target;
  const status = await context.remote.calls.run<HostStatus>("status", `Status of ${host.name}`, argument);
  if (!status) return;
  await context.remote.book.note(host, { status });
  await showAnswer(context, target, "status", status);
};
