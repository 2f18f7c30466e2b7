import { type Command, Option } from "commander";
import { exitWith } from "../terminal.ts";
import { listCli } from "./list.ts";
import type { RemoteCli } from "./remote-cli.ts";
import { type CommonFlags, runRemote } from "./run-remote.ts";
import { statusCli } from "./status.ts";

/** One entry for each of `REMOTE_COMMANDS`, in the order of the help. */
export const REMOTE_CLIS: readonly RemoteCli[] = [statusCli, listCli];

/** Declares `remote`, with a command for each verb. */
export function declareRemote(remote: Command): void {
  remote
    .description("ask a running host over ssh, and change what you say there")
    .addHelpText(
      "after",
      "\nA host is a destination as ssh takes it: name, user@name, or a name of ~/.ssh/config.\nExit codes: 0 all is well, 1 something is wrong with the host, 2 no answer.",
    );
  for (const cli of REMOTE_CLIS) declareVerb(remote, cli);
}

function declareVerb(remote: Command, cli: RemoteCli): void {
  const { name, summary, effect } = cli.command;
  const changes = effect === "reads" ? "changes nothing there" : "shows a plan, and asks before anything is changed";
  // A command that is made by its parent takes over how it prints and ends.
  const command = remote
    .command(name)
    .summary(summary)
    .description(`${summary}; ${changes}`)
    .argument("<host>", "a destination as ssh takes it, e.g. user@host");
  cli.declare?.(command);
  if (effect !== "reads") command.option("--yes", "do what the plan says without asking");
  command
    .option("--ssh-config <file>", "use this file instead of ~/.ssh/config")
    .option("--log", "print every command that is run on standard error")
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"));
  command.action(async (host: string, ...rest: unknown[]) => {
    const { format, log, sshConfig, yes, ...flags } = command.opts<CommonFlags>();
    const given = command.registeredArguments
      .slice(1)
      .map((argument, index) => [camelCase(argument.name()), rest[index]]);
    const options = { ...flags, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
    exitWith(await runRemote(cli, host, options, { format, log, sshConfig, yes }));
  });
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
