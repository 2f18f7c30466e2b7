import { resourceLimits } from "node:worker_threads";
import { Option } from "commander";
import { watchHeap } from "../platform/heap-watch.ts";
import { REMOTE_DESCRIPTION } from "./remote/remote-cli.ts";
import { newProgram, runProgram } from "./run-program.ts";
import { exitWith } from "./terminal.ts";

/** Runs a command on configurations. Each is set up when it is asked for: making the shapes of what hosts say takes as long as a small check. */
export async function runLocalCommand(): Promise<void> {
  const program = newProgram();

  program
    .command("check", { isDefault: true })
    .description("check hosts and print findings")
    .argument("[paths...]", "folders or files to check", ["."])
    .option("--fix", "apply the safe fixes")
    .option("--unsafe-fixes", "with --fix or --diff: also those that a person has to look at")
    .option("--diff", "print what --fix would change as a patch, and change nothing")
    .addOption(
      new Option("--format <format>", "how to print").choices(["pretty", "concise", "json", "sarif", "github"]),
    )
    .option("--host <name>", "check only this host; may be given more than once", collect, [])
    .addOption(
      new Option("--severity <level>", "print findings of this severity and above")
        .choices(["error", "warning", "information", "hint"])
        .default("hint"),
    )
    .option(
      "--exclude <pattern>",
      "leave these files out, in .gitignore syntax; may be given more than once",
      collect,
      [],
    )
    .addOption(storeOption())
    .action(run(async () => (await import("./commands/check.ts")).check));

  program
    .command("hosts")
    .description("list the hosts that are found")
    .argument("[paths...]", "folders or files", ["."])
    .addOption(storeOption())
    .addOption(formatOption())
    .action(run(async () => (await import("./commands/hosts.ts")).hosts));

  program
    .command("facts")
    .description("print what is known of a host: filesystems, stores, persisted paths, services and their state")
    .argument("[paths...]", "folders or files", ["."])
    .option("--host <name>", "the host; needed when there are several")
    .option("--stats", "also what it took: files, steps, memory, and functions of lib that are not known here")
    .addOption(storeOption())
    .addOption(formatOption())
    .action(run(async () => (await import("./commands/facts.ts")).facts));

  program
    .command("explain")
    .description("print the page of a rule")
    .argument("<rule>", "code or name, e.g. IMP301")
    .action(run(async () => (await import("./commands/explain.ts")).explain));

  program
    .command("rules")
    .description("list the rules")
    .option("--group <group>", "only those of this group, e.g. rollback")
    .addOption(
      new Option("--severity <level>", "only those of this severity").choices([
        "error",
        "warning",
        "information",
        "hint",
      ]),
    )
    .addOption(formatOption())
    .action(run(async () => (await import("./commands/rules.ts")).rules));

  program
    .command("schema")
    .description("print the JSON Schema of a command's --format json output, or of impermanence.json")
    .argument("[of]", "check, facts, hosts, remote-status, …; without it, the names are listed")
    .action(run(async () => (await import("./commands/schema.ts")).schema));

  for (const { name, description } of [
    {
      name: "scaffold",
      description: "plan the modules for servers for a host: a root that is wiped at boot, persistence, snapshots",
    },
    { name: "migrate", description: "plan the way from the modules of the documents to these" },
  ] as const) {
    program
      .command(name)
      .description(description)
      .argument("[folder]", "the project, or a file of a host", ".")
      .option("--host <name>", "the host; needed when there are several")
      .option(
        "--modules <folder>",
        "where the modules go, from the root of the project; else modules/server-impermanence",
      )
      .addOption(new Option("--persistence <module>", "what persists").choices(["impermanence", "preservation"]))
      .addOption(
        new Option("--mode <mode>", "what it is tuned for").choices(["balanced", "io-optimized", "space-optimized"]),
      )
      .addOption(new Option("--snapshots <backend>", "what takes snapshots").choices(["own", "btrbk"]))
      .option("--monitoring", "with metrics and alerts")
      .option("--disk <path>", "the disk to lay out, for a host that has no filesystems yet")
      .option("--diff", "print all of it as a patch, and change nothing")
      .option("--write", "make the new files and change the others; nothing is overwritten")
      .addOption(storeOption())
      .action(run(async () => (await import("./commands/scaffold.ts"))[name]));
  }

  const remote = program.command("remote").description(REMOTE_DESCRIPTION);
  // A host is asked by a program of its own; here, only its help is.
  if (process.argv.includes("remote")) {
    const { REMOTE_CLIS } = await import("./remote/remote-clis.ts");
    (await import("./remote/remote-program.ts")).declareRemote(remote, REMOTE_CLIS);
  }

  program
    .command("lsp")
    .description("run the language server")
    .option("--stdio", "speak over standard input and output (the default)")
    .option("--pipe <name>", "speak over a pipe or socket that the editor has opened")
    .option("--socket <port>", "speak over a port of this machine that the editor has opened")
    .addOption(new Option("--node-ipc", "speak over the channel of Node.js").hideHelp())
    .addOption(new Option("--clientProcessId <id>", "end when this process does").hideHelp())
    .action(run(async () => (await import("./commands/lsp.ts")).lsp));

  // The main thread, which runs what reads no configuration, has no such limit.
  if (resourceLimits.maxOldGenerationSizeMb) watchHeap(resourceLimits.maxOldGenerationSizeMb);

  await runProgram(program);
}

function storeOption(): Option {
  return new Option("--inputs-from-store", "read inputs that flake.lock names from the local Nix store");
}

function formatOption(): Option {
  return new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty");
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** A command, once it is read, answers with its exit code, or throws. */
function run<A extends unknown[]>(read: () => Promise<(...args: A) => Promise<number>>): (...args: A) => Promise<void> {
  return async (...args) => {
    const command = await read();
    exitWith(await command(...args));
  };
}
