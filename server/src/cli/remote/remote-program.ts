import { type Command, Option } from "commander";
import { newProgram, runProgram } from "../run-program.ts";
import { exitWith } from "../terminal.ts";
import { REMOTE_DESCRIPTION, type RemoteCli } from "./remote-cli.ts";
import { type CommonFlags, runRemote } from "./run-remote.ts";

/** Runs what the arguments ask of hosts. */
export async function runRemoteProgram(): Promise<void> {
  const program = newProgram();
  const remote = program.command("remote");
  // The comparison is waited for most often, and does not read what the others need.
  if (process.argv[3] === "diff") declareRemote(remote, [(await import("./diff.ts")).diffCli as RemoteCli]);
  else declareRemote(remote, (await import("./remote-clis.ts")).REMOTE_CLIS);
  await runProgram(program);
}

/** Declares `remote`, with a command for each verb. */
export function declareRemote(remote: Command, clis: readonly RemoteCli[]): void {
  remote
    .description(REMOTE_DESCRIPTION)
    .addHelpText(
      "after",
      [
        "",
        "A host is a name of ~/.ssh/config, a host of the configuration in this folder that says where it is, or",
        "a destination as ssh takes it: name, user@name, ssh://user@name:port.",
        "Exit codes: 0 all is well, 1 something is wrong with the host, 2 no answer, 130 cancelled.",
      ].join("\n"),
    );
  for (const cli of clis) declareVerb(remote, cli);
  const hosts = remote
    .command("hosts")
    .summary("names that the other commands take")
    .description("names that the other commands take: hosts of the configuration, and names of ~/.ssh/config");
  declareCommon(hosts).action(async () => exitWith(await (await import("./hosts.ts")).remoteHosts(hosts.opts())));
}

function declareVerb(remote: Command, cli: RemoteCli): void {
  const { name, summary, effect, asks } = cli.command;
  const mayAsk = effect !== "reads" && asks !== false;
  const adds = effect === "reads" ? "changes nothing there" : "changes nothing of what is there";
  const changes = mayAsk ? "shows a plan, and asks before anything is changed" : adds;
  // A command that is made by its parent takes over how it prints and ends.
  const command = remote
    .command(name)
    .summary(summary)
    .description(`${summary}; ${changes}`)
    .argument(cli.severalHosts ? "<hosts...>" : "<host>", "a host, e.g. user@name");
  cli.declare?.(command);
  if (mayAsk) command.option("--yes", "do what the plan says without asking");
  command.option("--host <name>", "compare with this host of the configuration, whatever the destination is called");
  command.option("--sudo", "ask for the password of sudo where it needs one, to see everything");
  command.option("--log", "print every command that is run on standard error");
  declareCommon(command).action(async (hosts: string | string[], ...rest: unknown[]) => {
    const { format, log, sshConfig, folder, host, yes, sudo, ...flags } = command.opts<CommonFlags>();
    const given = command.registeredArguments
      .slice(1)
      .map((argument, index) => [camelCase(argument.name()), rest[index]] as const);
    const options = { ...flags, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
    const common = { format, log, sshConfig, folder, host, yes, sudo };
    exitWith(await runRemote(cli, [hosts].flat(), options, common));
  });
}

function declareCommon(command: Command): Command {
  return command
    .option("--folder <folder>", "folder of the configuration (default: this one)")
    .option("--ssh-config <file>", "use this file instead of ~/.ssh/config")
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
