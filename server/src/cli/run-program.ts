import { Command, CommanderError } from "commander";
import { version } from "../../../package.json";
import { printable } from "../report/printable.ts";
import { exitWith, write, writeNote } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Exit codes: nothing found, something found, the command could not do its work. */
const EXIT_FAILURE = 2;

/** The program as all of its commands share it, without any of them. */
export function newProgram(): Command {
  return new Command("nix-impermanence")
    .description("Finds what the next reboot of an impermanent NixOS host would delete.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: writeNote })
    .showHelpAfterError("(run with --help for the options)")
    .addHelpText("after", "\nExit codes: 0 nothing found, 1 findings, 2 wrong usage or a failure of the checker.");
}

/** Runs what the arguments ask for; what goes wrong becomes a line for people and an exit code. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      exitWith(error.exitCode === 0 ? 0 : EXIT_FAILURE);
    } else {
      const detail =
        error instanceof UsageError ? error.message : `internal error: ${(error as Error)?.stack ?? error}`;
      writeNote(`nix-impermanence: ${printable(detail)}\n`);
      exitWith(EXIT_FAILURE);
    }
  }
}
