import * as z from "zod";
import type { Connections } from "../../remote/connections.ts";
import { couldBeConfigured } from "../../remote/could-be-configured.ts";
import { type NamedHost, nameHost } from "../../remote/named-host.ts";
import { openSession } from "../../remote/open-session.ts";
import { TransportError } from "../../remote/transport-error.ts";
import { printable, printableJson, printableLine } from "../../report/printable.ts";
import { announce, hasPerson, showProgress, write, writeNote } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { askIn } from "./ask.ts";
import { folderOfConfiguration } from "./configuration-folder.ts";
import { confirmIn } from "./confirm.ts";
import { connections, endConnections } from "./connections.ts";
import { untilInterrupted } from "./interrupt.ts";
import { type Configuration, openConfiguration } from "./open-configuration.ts";
import type { RemoteCli } from "./remote-cli.ts";

// A schema is asked once or twice here: compiling it for that takes longer.
z.config({ jitless: true });

/** As shells say of a program that SIGINT ended. */
const CANCELLED = 130;
const NO_ANSWER = 2;

/** What every remote command takes. */
export interface CommonFlags {
  readonly format: "pretty" | "json";
  readonly log: boolean | undefined;
  readonly sshConfig: string | undefined;
  readonly folder: string | undefined;
  readonly host: string | undefined;
  readonly yes: boolean | undefined;
  readonly sudo: boolean | undefined;
}

/** What came of one host. */
type Outcome = { readonly host: NamedHost } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } }
);

/**
 * Runs one command on one or several hosts, prints the answers, and gives the exit code.
 *
 * @throws UsageError when the options make no sense, or there is no answer
 */
export async function runRemote(cli: RemoteCli, given: readonly string[], options: object, flags: CommonFlags) {
  announce(null);
  const parsed = cli.command.options.safeParse(options);
  if (!parsed.success) throw new UsageError(z.prettifyError(parsed.error));
  if (flags.host !== undefined && given.length > 1) throw new UsageError("`--host` is for one host");
  const hosts = await nameHosts(given, flags);
  if (flags.sudo && !hasPerson()) writeNote("note: --sudo asks on a terminal, and there is none.\n");
  const interrupt = untilInterrupted();
  const run = (host: NamedHost) =>
    runOn(cli, host, parsed.data, flags, { signal: interrupt.signal, connections: connections() });
  try {
    const outcomes = await Promise.all(hosts.map(run));
    if (interrupt.signal.aborted) {
      writeNote("Cancelled.\n");
      return CANCELLED;
    }
    return print(cli, outcomes, flags);
  } finally {
    await endConnections();
    interrupt.end();
  }
}

async function nameHosts(given: readonly string[], flags: CommonFlags): Promise<NamedHost[]> {
  const asks = flags.host !== undefined || given.some(couldBeConfigured);
  const configuration = asks ? await configurationIn(flags.folder) : undefined;
  try {
    return given.map((name) => {
      const known = flags.host !== undefined || couldBeConfigured(name) ? configuration : undefined;
      const found = known?.find(flags.host ?? name);
      if (flags.host !== undefined && !found) {
        const names = configuration?.names.join(", ") || "none";
        throw new UsageError(`there is no host \`${flags.host}\` in the configuration; there are ${names}`);
      }
      const howToChoose = `, and add --host ${name}`;
      const host = nameHost(name, found, { sshConfig: flags.sshConfig, as: flags.host, howToChoose });
      for (const note of host.notes) writeNote(`note: ${printableLine(note)}\n`);
      return host;
    });
  } catch (error) {
    if (error instanceof TransportError) throw new UsageError(error.message);
    throw error;
  }
}

async function configurationIn(named: string | undefined): Promise<Configuration | undefined> {
  const folder = folderOfConfiguration(named);
  return folder === undefined ? undefined : openConfiguration(folder);
}

async function runOn(
  cli: RemoteCli,
  host: NamedHost,
  options: unknown,
  flags: CommonFlags,
  { signal, connections }: { readonly signal: AbortSignal; readonly connections: Connections },
): Promise<Outcome> {
  const session = openSession(host.destination, {
    ...{ signal, connections },
    ...(hasPerson() ? { ask: askIn(signal) } : {}),
    asksForRoot: flags.sudo === true,
    progress: (text, fraction) => showProgress(progressLine(host, text, fraction)),
    configured: host.configured,
    confirm: confirmIn({ yes: flags.yes === true, signal }),
    ...(flags.sshConfig === undefined ? {} : { configFile: flags.sshConfig }),
    ...(flags.log ? { log: (line: string) => writeNote(`${printable(line)}\n`) } : {}),
  });
  try {
    const result = await cli.command.run(host.destination, options, session);
    // What programs read keeps the form that its schema promises; people read what is made of it.
    return { host, result: flags.format === "json" ? cli.command.result.parse(result) : result };
  } catch (error) {
    if (error instanceof TransportError) return { host, error: { code: error.code, message: error.message } };
    if (signal.aborted) return { host, error: { code: "ECANCELLED", message: "Cancelled." } };
    throw error;
  } finally {
    await session.close();
  }
}

function progressLine({ given }: NamedHost, text: string, fraction: number | undefined): string {
  return printableLine(`${given}: ${text}${fraction === undefined ? "" : ` (${Math.round(fraction * 100)} %)`}`);
}

/** One host: its answer as it is. Several: one after the other under their names, or a list in JSON. */
function print(cli: RemoteCli, outcomes: readonly Outcome[], { format }: CommonFlags): number {
  const code = (outcome: Outcome) => ("result" in outcome ? cli.exitCode(outcome.result) : NO_ANSWER);
  const [only] = outcomes;
  if (only && outcomes.length === 1) {
    if ("error" in only) throw new UsageError(only.error.message);
    write(format === "json" ? json(only.result) : cli.command.text(only.result));
    return code(only);
  }
  if (format === "json") {
    write(
      json(outcomes.map(({ host: { given, destination }, ...outcome }) => ({ host: given, destination, ...outcome }))),
    );
  } else {
    for (const outcome of outcomes) {
      write(`== ${printableLine(outcome.host.given)}\n`);
      if ("result" in outcome) write(cli.command.text(outcome.result));
      else writeNote(`nix-impermanence: ${printable(outcome.error.message)}\n`);
    }
  }
  return Math.max(...outcomes.map(code));
}

function json(value: unknown): string {
  return `${printableJson(value)}\n`;
}
