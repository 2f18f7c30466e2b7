import { spawnSync } from "node:child_process";
import { builtCli } from "./built-cli.ts";

/** What a line of shell or a code span says of `nix-impermanence` (or of the built program) that does not exist. */
export function wrongUses(code: string): string[] {
  const help = commandHelp();
  return [...code.matchAll(/(?:\bnix-impermanence|dist\/cli\.js)((?: +[^\s|;&>#]+)+)/g)].flatMap(([use, rest = ""]) => {
    const words = rest.trim().split(/ +/);
    const [first, second] = words.filter((word) => /^[a-z]+$/.test(word));
    const command = help.has(`${first} ${second}`) ? `${first} ${second}` : first;
    const options = words.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0] as string);
    const known = command === undefined ? help.get("") : help.get(command);
    if (!known) return [use];
    return options.every((option) => known.includes(option)) ? [] : [use];
  });
}

let memo: ReadonlyMap<string, readonly string[]> | undefined;

/** The options of every command of the command line tool, as its `--help` lists them; "" is the program itself. */
function commandHelp(): ReadonlyMap<string, readonly string[]> {
  memo ??= readHelp();
  return memo;
}

function readHelp(): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  const read = (...path: string[]) => {
    const text = path.includes("help") ? "" : help(...path);
    all.set(path.join(" "), options(text));
    for (const [, name] of (text.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm))
      read(...path, name as string);
  };
  read();
  if (all.size < 3) throw new Error("The help lists no commands");
  return all;
}

function help(...command: string[]): string {
  const done = spawnSync(process.execPath, [builtCli(), ...command, "--help"], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`--help ended with ${done.status}:\n${done.stderr}`);
  return done.stdout;
}

function options(text: string): string[] {
  return [...text.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    short ? [short, long as string] : [long as string],
  );
}
