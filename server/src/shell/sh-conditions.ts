import type { AndOr, Command, List, Test, Word } from "./sh-ast.ts";
import type { CommandUse, Enclosure } from "./sh-commands.ts";
import { walkCommands } from "./sh-walk.ts";

/** Something outside of a script that one of its conditions asks for. */
export type Source = { readonly kind: "cmdline" } | { readonly kind: "file"; readonly path: Word };

/** A condition that has to hold (or not to hold) for a command to run. */
export interface Requirement {
  readonly source: Source;
  /** Whether the command needs what is asked for to be there; undefined when the script computes that. */
  readonly present: boolean | undefined;
}

const CMDLINE = "/proc/cmdline";
const FILE_TESTS = /^-[efsrdwL]$/;
const READERS = new Set(["cat", "grep", "egrep", "fgrep", "head", "sed", "awk"]);

/** Variables of a script whose value depends on something outside, with what that is. */
export type Dependent = ReadonlyMap<string, Source>;

/** What a script's conditions depend on. `text` is the text that it was read from. */
export class ConditionReader {
  readonly #text: string;
  readonly #dependent: Dependent;

  constructor(uses: readonly CommandUse[], text: string) {
    this.#text = text;
    this.#dependent = this.#dependentVariables(uses);
  }

  /** What the conditions right around a command ask of the outside. `start` is where the command begins. */
  requirements(within: readonly Enclosure[], start: number): Requirement[] {
    return within.flatMap((enclosure) => this.#ofEnclosure(enclosure, start));
  }

  #ofEnclosure(enclosure: Enclosure, start: number): Requirement[] {
    switch (enclosure.kind) {
      case "if": {
        const { node, clause, part } = enclosure;
        const before = node.clauses.slice(0, clause).flatMap(({ condition }) => this.#ofList(condition, false));
        return part === "body" ? [...before, ...this.#ofList(node.clauses[clause]!.condition, true)] : before;
      }
      case "else":
        return enclosure.node.clauses.flatMap(({ condition }) => this.#ofList(condition, false));
      case "while":
        return enclosure.part === "body" ? this.#ofList(enclosure.node.condition, !enclosure.node.until) : [];
      case "and":
      case "or":
        return this.#ofSteps(enclosure.node, start);
      case "case": {
        const source = this.#ofWord(enclosure.node.word);
        const isRest = enclosure.patterns.some(({ literal }) => literal === "*");
        return source ? [{ source, present: !isRest }] : [];
      }
      default:
        return [];
    }
  }

  /** In `a && b || c`, `b` needs `a` to succeed, and `c` needs what is before it to fail. */
  #ofSteps({ first, rest }: AndOr, start: number): Requirement[] {
    const at = rest.findIndex(({ command }) => command.start <= start && start < command.end);
    const own = rest[at];
    if (!own) return [];
    const steps = [first, ...rest.slice(0, at).map(({ command }) => command)];
    const last = rest.slice(0, at).findLastIndex(({ operator }) => operator !== own.operator);
    return steps.slice(last + 1).flatMap((command) => this.#ofCommand(command, own.operator === "&&"));
  }

  /** The last command of a condition decides. */
  #ofList({ statements }: List, holds: boolean): Requirement[] {
    const last = statements.at(-1);
    return last ? this.#ofCommand(last.command, holds) : [];
  }

  #ofCommand(command: Command, holds: boolean): Requirement[] {
    switch (command.kind) {
      case "pipeline": {
        const inner = command.commands.flatMap((each) => this.#ofCommand(each, holds !== command.negated));
        const [reads] = inner;
        return reads ? [reads] : [];
      }
      case "and-or":
        return [command.first, ...command.rest.map((step) => step.command)].flatMap((each) =>
          this.#ofCommand(each, holds),
        );
      case "group":
      case "subshell":
        return this.#ofList(command.body, holds);
      case "test":
        return this.#ofTest(command, holds);
      case "simple": {
        const name = command.words[0]?.literal;
        if (name === "[" || name === "test") return this.#ofWords(command.words.slice(1), holds, false);
        const source = this.#ofSimple(command);
        const isInverted = command.words.some(({ literal }) => /^-\w*v\w*$|^--invert-match$/.test(literal ?? ""));
        return source ? [{ source, present: isInverted ? undefined : holds }] : [];
      }
      default:
        return [];
    }
  }

  #ofTest({ words, start }: Test, holds: boolean): Requirement[] {
    if (this.#text.startsWith("((", start)) return [];
    const isNegated = /^\[\[\s*!\s/.test(this.#text.slice(start, (words[0]?.start ?? start) + 1));
    return this.#ofWords(words, holds, isNegated);
  }

  #ofWords(words: readonly Word[], holds: boolean, negated: boolean): Requirement[] {
    const texts = words.map(({ literal }) => literal ?? "");
    const isNegated = negated || texts[0] === "!";
    const sign = holds !== isNegated;
    const found: Requirement[] = [];
    for (const [index, word] of words.entries()) {
      const before = texts[index - 1] ?? "";
      const source = this.#ofWord(word);
      if (source) {
        const between = this.#text.slice(words[index - 1]?.end ?? word.start, word.start);
        const after = this.#text.slice(word.end, words[index + 1]?.start ?? word.end);
        const differs = before === "-z" || texts[index + 1] === "!=" || after.includes("!=") || between.includes("!=");
        const direct = word.parts.every(({ kind }) => kind !== "parameter");
        const isEmptyTest = before === "-z" || before === "-n";
        // What a variable holds by default is not followed: it may be compared with either.
        const present = direct || isEmptyTest ? sign !== differs : undefined;
        found.push({ source, present });
      } else if (FILE_TESTS.test(before)) found.push({ source: { kind: "file", path: word }, present: sign });
    }
    return found;
  }

  #ofSimple(command: Command & { kind: "simple" }): Source | undefined {
    const words = [...command.words, ...command.redirects.map(({ target }) => target)];
    if (words.some(({ literal }) => literal === CMDLINE)) return { kind: "cmdline" };
    for (const word of words) {
      const source = this.#ofWord(word);
      if (source) return source;
    }
    if (!READERS.has(command.words[0]?.literal?.split("/").at(-1) ?? "")) return undefined;
    const input = command.redirects.find(({ operator, fd }) => operator === "<" && (fd ?? 0) === 0)?.target;
    const file =
      input ?? (command.words.length > 2 || command.words[0]?.literal === "cat" ? command.words.at(-1) : undefined);
    return file?.literal?.startsWith("/") ? { kind: "file", path: file } : undefined;
  }

  /** What a word's variables and substitutions depend on. */
  #ofWord(word: Word, known: Dependent = this.#dependent ?? new Map()): Source | undefined {
    for (const part of word.parts) {
      if (part.kind === "parameter" && part.name !== undefined) {
        const source = known.get(part.name);
        if (source) return source;
      } else if (part.kind === "command") {
        let found: Source | undefined;
        walkCommands(part.script, (command) => {
          if (command.kind === "simple") found ??= this.#ofSimple(command);
        });
        if (found) return found;
      }
    }
    return undefined;
  }

  #dependentVariables(uses: readonly CommandUse[]): Dependent {
    const found = new Map<string, Source>();
    // Twice, for variables that are made of others further down in a loop.
    for (let turn = 0; turn < 2; turn++) {
      for (const use of uses) {
        const { command, within } = use;
        const around = within
          .map((enclosure) => this.#aroundOf(enclosure, found))
          .find((source) => source !== undefined);
        for (const { name, value } of [...command.assignments, ...command.declared]) {
          const source = this.#ofWord(value, found) ?? around;
          if (source) found.set(name, source);
        }
        if (use.name === "read") {
          const source = command.redirects.some(({ target }) => target.literal === CMDLINE)
            ? ({ kind: "cmdline" } as const)
            : undefined;
          for (const { literal } of use.args)
            if (source && /^\w+$/.test(literal ?? "")) found.set(literal as string, source);
        }
      }
    }
    return found;
  }

  #aroundOf(enclosure: Enclosure, known: Map<string, Source>): Source | undefined {
    if (enclosure.kind === "for") {
      const { variable, words } = enclosure.node;
      const source = words?.map((word) => this.#ofWord(word, known)).find((one) => one !== undefined);
      if (source) known.set(variable, source);
      return source;
    }
    if (enclosure.kind === "case") return this.#ofWord(enclosure.node.word, known);
    if (enclosure.kind !== "if") return undefined;
    const condition = enclosure.node.clauses[enclosure.clause]!.condition;
    return this.#ofList(condition, true)[0]?.source;
  }
}
