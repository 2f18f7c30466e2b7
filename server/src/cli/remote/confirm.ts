import { createInterface } from "node:readline/promises";
import type { Plan, RemoteSession } from "../../remote/remote-command.ts";
import { printableLine } from "../../report/printable.ts";
import { writeNote } from "../terminal.ts";

/** Shows plans on standard error and asks on the terminal. Without a terminal only `--yes` says yes. */
export function confirmIn(settings: { readonly yes: boolean; readonly signal: AbortSignal }): RemoteSession["confirm"] {
  return async (plan: Plan) => {
    writeNote(`${[plan.title, ...plan.lines.map((line) => `  ${line}`)].map(printableLine).join("\n")}\n`);
    if (settings.yes) return true;
    if (!process.stdin.isTTY) {
      writeNote("Nothing was done: give --yes to do it.\n");
      return false;
    }
    const wanted = plan.typed ?? "yes";
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const question = `Type ${printableLine(wanted)} to go on: `;
      return (await terminal.question(question, { signal: settings.signal })).trim() === wanted;
    } catch (error) {
      if (settings.signal.aborted) return false;
      throw error;
    } finally {
      terminal.close();
    }
  };
}
