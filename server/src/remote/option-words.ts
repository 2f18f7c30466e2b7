import type { Plan, RemoteCommand } from "./remote-command.ts";

/*
 * Sentences name options as the command line has them: "use --at-next-boot". A client that sends options as JSON has no such
 * words: for it they are named as it has to send them, "use the option `atNextBoot`".
 */

/** Where an answer holds sentences of this program; all else is data of the host, which stays as it is. */
const SENTENCES: ReadonlySet<string> = new Set(["why", "reason", "notes", "limits"]);
/** What the command line has for all commands, and editors have in another way. */
const COMMON: Readonly<Record<string, string>> = {
  "--host": "the argument `as`",
  "--folder": "a folder of the workspace",
};

/** Puts the options that a sentence names into the words of whoever reads it. */
export type OptionWords = (sentence: string) => string;

/** As the command line has them. */
export const asTyped: OptionWords = (sentence) => sentence;

type Options = Pick<RemoteCommand, "options">;

/** A sentence with the options of a command as they are called in JSON. */
export function withOptionNames(sentence: string, { options }: Options): string {
  const shape: object = "shape" in options ? (options.shape as object) : {};
  return sentence.replace(/(?<=^|[\s“(])--[a-z][a-z-]*(?![\w/=-]|\.\w)/g, (flag) => {
    const name = flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return Object.hasOwn(shape, name) ? `the option \`${name}\`` : (COMMON[flag] ?? flag);
  });
}

/** The same for all sentences of an answer. */
export function answerWithOptionNames(answer: unknown, command: Options): unknown {
  if (Array.isArray(answer)) return answer.map((one) => answerWithOptionNames(one, command));
  if (typeof answer !== "object" || answer === null) return answer;
  const renamed = (value: unknown): unknown =>
    typeof value === "string" ? withOptionNames(value, command) : Array.isArray(value) ? value.map(renamed) : value;
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [
      key,
      SENTENCES.has(key) ? renamed(value) : answerWithOptionNames(value, command),
    ]),
  );
}

/** The same for a plan. */
export function planWithOptionNames(plan: Plan, command: Options): Plan {
  return { ...plan, lines: plan.lines.map((line) => withOptionNames(line, command)) };
}
