import { z } from "zod";
import { openSession } from "../../remote/open-session.ts";
import { TransportError } from "../../remote/transport-error.ts";
import { printable } from "../../report/printable.ts";
import { write, writeNote } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { confirmIn } from "./confirm.ts";
import { untilInterrupted } from "./interrupt.ts";
import type { RemoteCli } from "./remote-cli.ts";

/** As shells say of a program that SIGINT ended. */
const CANCELLED = 130;

/** What every remote command takes. */
export interface CommonFlags {
  readonly format: "pretty" | "json";
  readonly log: boolean | undefined;
  readonly sshConfig: string | undefined;
  readonly yes: boolean | undefined;
}

/**
 * Runs one command on one host, prints its answer, and gives the exit code.
 *
 * @throws UsageError when the options make no sense, or there is no answer
 */
export async function runRemote(cli: RemoteCli, host: string, given: object, flags: CommonFlags): Promise<number> {
  const options = cli.command.options.safeParse(given);
  if (!options.success) throw new UsageError(z.prettifyError(options.error));
  const interrupt = untilInterrupted();
  const session = openSession(host, {
    signal: interrupt.signal,
    confirm: confirmIn({ yes: flags.yes === true, signal: interrupt.signal }),
    ...(flags.sshConfig === undefined ? {} : { configFile: flags.sshConfig }),
    ...(flags.log ? { log: (line: string) => writeNote(`${printable(line)}\n`) } : {}),
  });
  try {
    const found = await cli.command.run(host, options.data, session);
    const json = () => `${JSON.stringify(cli.command.result.parse(found), null, 2)}\n`;
    write(flags.format === "json" ? json() : cli.command.text(found));
    return cli.exitCode(found);
  } catch (error) {
    if (interrupt.signal.aborted) {
      writeNote("Cancelled.\n");
      return CANCELLED;
    }
    if (error instanceof TransportError) throw new UsageError(error.message);
    throw error;
  } finally {
    interrupt.end();
  }
}
