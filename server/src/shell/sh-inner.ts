import type { Hole, Redirect, Script, Word, WordPart } from "./sh-ast.ts";
import { readShell } from "./sh-reader.ts";
import { TEXT_OPTION } from "./sh-wrappers.ts";

/** Commands that stand as text inside a command: `sh -c '…'`, `eval "…"`, `trap '…' EXIT`, `sh <<EOF`. */
export type InnerScript =
  /** Offsets are those of the script around it. `own` is true for another shell, whose variables are its own. */
  | { script: Script; own: boolean; sometimes: boolean }
  /** There are commands, but their text is not known. */
  | { hidden: string };

const TEXT_RUNNERS = new Set(["flock", "runuser", "script", "sg", "su"]);
const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh"]);

/** The commands in the arguments or the here-document of a command; undefined when it holds none. */
export function innerScript(
  name: string | undefined,
  args: readonly Word[],
  redirects: readonly Redirect[],
): InnerScript | undefined {
  if (name === "eval") return args.length === 0 ? undefined : evaluated(args);
  if (name === "trap") return trapped(args);
  if (name !== undefined && TEXT_RUNNERS.has(name)) return ofTextOption(args);
  return name !== undefined && SHELLS.has(name) ? ofShell(args, redirects) : undefined;
}

/** Programs that hand the text behind `-c` to a shell; undefined when there is none. */
function ofTextOption(args: readonly Word[]): InnerScript | undefined {
  const end = args.findIndex(({ literal }) => literal === "--");
  const options = end < 0 ? args : args.slice(0, end);
  for (const [index, word] of options.entries()) {
    const [first] = word.parts;
    const start = word.literal ?? (first?.kind === "literal" ? first.value : "");
    const long = /^--(?:session-)?command=/.exec(start)?.[0];
    if (!TEXT_OPTION.test(word.literal ?? "") && long === undefined) continue;
    const text = long === undefined ? options[index + 1]?.parts : withoutStart(word.parts, long);
    const script = text && readParts(text);
    return script
      ? { script, own: true, sometimes: false }
      : { hidden: "it runs commands that it puts together itself" };
  }
  return undefined;
}

/** The parts of a word behind an option and its equals sign; undefined when escapes or quotes hide where that is. */
function withoutStart(parts: readonly WordPart[], option: string): WordPart[] | undefined {
  const [first, ...rest] = parts;
  if (first?.kind !== "literal" || first.end - first.start !== first.value.length) return undefined;
  return [{ ...first, start: first.start + option.length, value: first.value.slice(option.length) }, ...rest];
}

function evaluated(args: readonly Word[]): InnerScript {
  const script = readParts(
    args.flatMap((word, index) => (index > 0 ? [{ gap: word.start }, ...word.parts] : word.parts)),
  );
  return script
    ? { script, own: false, sometimes: false }
    : { hidden: "it runs commands that it puts together itself" };
}

/** `trap` with an action; without one, or with `-`, it takes actions away. */
function trapped(args: readonly Word[]): InnerScript | undefined {
  const [action, ...signals] = args[0]?.literal === "--" ? args.slice(1) : args;
  if (!action || signals.length === 0 || /^-/.test(action.literal ?? "")) return undefined;
  const script = readParts(action.parts);
  const atExit = signals.some(({ literal }) => /^(?:EXIT|0)$/.test(literal ?? ""));
  return script
    ? { script, own: false, sometimes: !atExit }
    : { hidden: "it runs commands that it puts together itself" };
}

function ofShell(args: readonly Word[], redirects: readonly Redirect[]): InnerScript | undefined {
  let at = 0;
  let asText = false;
  for (; at < args.length; at += 1) {
    const text = args[at]!.literal ?? "";
    if (!/^[-+]./.test(text)) break;
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(text)) asText = true;
    if (/^[-+][A-Za-z]*o$/.test(text)) at += 1;
    if (/^-[A-Za-z]*s$/.test(text)) return fromInput(redirects);
  }
  const first = args[at];
  if (!asText)
    return first && first.literal !== "-" && first.literal !== "/dev/stdin" ? undefined : fromInput(redirects);
  const script = first && readParts(first.parts);
  return script ? { script, own: true, sometimes: false } : { hidden: "it runs commands that it puts together itself" };
}

function fromInput(redirects: readonly Redirect[]): InnerScript {
  const input = redirects.findLast(({ operator, fd }) => operator.startsWith("<") && (fd ?? 0) === 0);
  const word = input?.body ?? (input?.operator === "<<<" ? input.target : undefined);
  const script = word && readParts(word.parts);
  return script ? { script, own: true, sometimes: false } : { hidden: "it runs commands that it reads from its input" };
}

/**
 * Reads the parts of a word as commands, at the offsets at which they stand. Expansions of the shell around it become
 * expansions of the text: both see the same variables. Undefined where escapes make the text another one.
 */
function readParts(parts: readonly (WordPart | { gap: number })[]): Script | undefined {
  const holes: Hole[] = [];
  let text = "";
  for (const part of parts) {
    const piece = pieceOf(part);
    if (!piece || piece.start < text.length) return undefined;
    text = text.padEnd(piece.start) + piece.text;
    if (piece.hole) holes.push(piece.hole);
  }
  const script = readShell(text, { holes });
  return script.errors.length > 0 ? undefined : script;
}

function pieceOf(part: WordPart | { gap: number }): { start: number; text: string; hole?: Hole } | undefined {
  if ("gap" in part) return { start: Math.max(0, part.gap - 1), text: " " };
  const { start, end } = part;
  if (part.kind === "literal") {
    // What is not as long as it is written has escapes.
    return end - start === part.value.length ? { start, text: part.value } : undefined;
  }
  if (part.kind === "parameter" && part.name !== undefined && part.operator === undefined) {
    const bare = `$${part.name}`;
    if (end - start === bare.length) return { start, text: bare };
    if (end - start === bare.length + 2) return { start, text: `\${${part.name}}` };
  }
  const hole: Hole = { start, end, ...(part.kind === "hole" && part.key !== undefined ? { key: part.key } : {}) };
  return { start, text: "\uFFFC".repeat(end - start), hole };
}
