import { spawnSync } from "node:child_process";
import { builtCli } from "./built-cli.ts";

/** What a line of shell or a code span says of `nix-impermanence` (or of the built program) that does not exist. */
export function wrongUses(code: string): string[] {
  return [...code.matchAll(/(?:\bnix-impermanence|dist\/cli\.js)((?: +[^\s|;&>#]+)+)/g)].flatMap(([use, rest = ""]) => {
    const words = rest.trim().split(/ +/);
    const used = words.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0] as string);
    const known = optionsOf(words.filter((word) => /^[a-z]+$/.test(word)));
    return known && used.every((option) => known.includes(option)) ? [] : [use];
  });
}

/** The commands of the program, without `help`. */
export function programCommands(): string[] {
  return commands(help()).filter((name) => name !== "help");
}

/** The options of the command that words begin with, as its `--help` lists them; undefined when there is no such command. */
function optionsOf([first, second]: readonly string[]): string[] | undefined {
  if (first === undefined) return options(help());
  const top = commands(help());
  if (top.length < 2) throw new Error("The help lists no commands");
  if (!top.includes(first)) return undefined;
  if (first === "help") return [];
  const own = help(first);
  return second !== undefined && second !== "help" && commands(own).includes(second)
    ? options(help(first, second))
    : options(own);
}

const memo = new Map<string, string>();

/** What `--help` prints. Each is asked for once, when it is first needed: starting the program takes a while. */
function help(...command: string[]): string {
  const key = command.join(" ");
  const known = memo.get(key);
  if (known !== undefined) return known;
  const done = spawnSync(process.execPath, [builtCli(), ...command, "--help"], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`--help ended with ${done.status}:\n${done.stderr}`);
  memo.set(key, done.stdout);
  return done.stdout;
}

function commands(text: string): string[] {
  return [...(text.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name as string);
}

function options(text: string): string[] {
  return [...text.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    short ? [short, long as string] : [long as string],
  );
}
