import { nearestName } from "../../rules/reading/nearest-name.ts";
import type { Comment, Program, Span } from "../../syntax/expr.ts";

/** What a comment asks for; see docs/configuration.md. */
export type DirectiveKind = "allow" | "allow-file" | "off" | "on";

/** A rule as the comment names it: code or name, not yet looked up. */
export interface NamedRule extends Span {
  readonly text: string;
}

/** A comment that speaks to the checker. */
export interface Directive {
  readonly comment: Comment;
  readonly kind: DirectiveKind;
  /** Empty only for `on`, which then ends everything that is off. */
  readonly rules: readonly NamedRule[];
  /** Undefined when none is written, or only the placeholder of the quick fix. */
  readonly reason: string | undefined;
}

/** A comment that speaks to the checker and cannot be understood. */
export interface Misunderstood {
  readonly comment: Comment;
  /** The part that is wrong. */
  readonly at: Span;
  /** A phrase that follows "This comment". */
  readonly why: string;
}

/** What the quick fix leaves for the author to replace. */
export const REASON_PLACEHOLDER = "add a reason";

const MARK = /^(?:#|\/\*\*?)[ \t]*impermanence:[ \t]*/;
const KINDS: readonly DirectiveKind[] = ["allow", "allow-file", "off", "on"];
const WORD = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*/y;
const SEPARATOR = /[ \t]*(?:\u2014|\u2013|-{1,3}|:)[ \t]*/y;

/** What other checkers call it, and what people try. */
const OTHER_VERBS = [
  "disable",
  "enable",
  "expect",
  "ignore",
  "nolint",
  "noqa",
  "permit",
  "silence",
  "skip",
  "suppress",
];

/**
 * Reads the comments of a file: `# impermanence: allow RULE[, RULE…] — reason`. The reason is set apart by a dash of
 * any length or a colon. Comments that do not begin with `impermanence:` are none of ours, nor is what people note about
 * impermanence in their own words ("impermanence: keep the keys").
 */
export function readDirectives(program: Program): (Directive | Misunderstood)[] {
  return program.comments.flatMap((comment) => {
    const whole = program.text.slice(comment.start, comment.end);
    const mark = MARK.exec(whole)?.[0];
    if (mark === undefined) return [];
    const text = comment.style === "block" ? whole.replace(/\s*\*\/$/, "") : whole.trimEnd();
    return readDirective(comment, text, mark.length) ?? [];
  });
}

/** Undefined for prose. */
function readDirective(comment: Comment, text: string, from: number): Directive | Misunderstood | undefined {
  const span = (start: number, end: number): Span => ({ start: comment.start + start, end: comment.start + end });
  const verb = match(WORD, text, from);
  const kind = KINDS.find((one) => one === verb);
  if (!kind) {
    if (!namesCode(text) && !(verb && isLikeVerb(verb))) return undefined;
    const why = `says \`${verb ?? ""}\` where \`allow\`, \`allow-file\`, \`off\` or \`on\` is expected`;
    return { comment, at: span(from, from + (verb?.length ?? 0)), why };
  }
  const rules: NamedRule[] = [];
  let at = from + kind.length;
  for (;;) {
    const blank = match(/[ \t,]*/y, text, at) ?? "";
    const word = match(WORD, text, at + blank.length);
    // Without a comma a second word begins the reason, unless it can only be a rule.
    const isListed = rules.length === 0 || blank.includes(",") || /^IMP\d{3}$/i.test(word ?? "");
    if (word === undefined || !isListed) break;
    at += blank.length;
    rules.push({ text: word, ...span(at, at + word.length) });
    at += word.length;
  }
  // "on every boot", "allow users to write": they begin sentences as well.
  const goesOn = /^[ \t]+\w/.test(text.slice(at));
  if (kind !== "allow-file" && goesOn && rules.length > 0 && !rules.some(({ text }) => isLikeRule(text)))
    return undefined;
  if (rules.length === 0 && kind !== "on") {
    return { comment, at: span(from, text.length), why: "names no rule" };
  }
  const separator = match(SEPARATOR, text, at) ?? "";
  const reason = text.slice(at + separator.length).trim();
  return { comment, kind, rules, reason: reason === "" || reason === REASON_PLACEHOLDER ? undefined : reason };
}

function namesCode(text: string): boolean {
  return /\bIMP\d{3}\b/i.test(text);
}

/** Two words or more, as all names of rules have, or a code. */
function isLikeRule(text: string): boolean {
  return /^IMP\d*$/i.test(text) || text.includes("-");
}

/** One of ours with a slip, or one that means the same elsewhere. */
function isLikeVerb(word: string): boolean {
  const verb = word.toLowerCase();
  return verb.length > 3 && nearestName(verb, ["allow", "allow-file", ...OTHER_VERBS]) !== undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === "" ? undefined : found;
}
