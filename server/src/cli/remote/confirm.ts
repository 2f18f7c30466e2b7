import type { Plan, RemoteSession } from "../../remote/remote-command.ts";
import { printableLine } from "../../report/printable.ts";
import { ask, writeNote } from "../terminal.ts";

/** Shows plans on standard error and asks on the terminal. Without a terminal only `--yes` says yes. */
export function confirmIn(settings: { readonly yes: boolean; readonly signal: AbortSignal }): RemoteSession["confirm"] {
  return async ({ title, lines, typed = "yes" }: Plan) => {
    writeNote(`${[title, ...lines.map((line) => `  ${line}`)].map(printableLine).join("\n")}\n`);
    if (settings.yes) return true;
    const answer = await ask(`Type ${printableLine(typed)} to go on: `, false, settings.signal);
    if (answer === null) writeNote("Nothing was done: there is nobody to ask. --yes does it without asking.\n");
    return answer?.trim() === typed;
  };
}
