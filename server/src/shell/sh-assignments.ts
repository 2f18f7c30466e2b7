import type { Assignment, Word } from "./sh-ast.ts";
import type { ShellSource } from "./sh-source.ts";

const PREFIX = /^([A-Za-z_]\w*)(\[[^\]]*\])?(\+?)=/;
const DECLARATIONS = new Set(["local", "export", "readonly", "declare", "typeset"]);

/** The text of a word without any quote, escape or expansion, as keywords must be written; otherwise an empty text. */
export function bareText(source: ShellSource, word: Word): string {
  const [part] = word.parts;
  if (word.parts.length !== 1 || part?.kind !== "literal" || part.quoted) return "";
  return source.text.slice(word.start, word.end) === part.value ? part.value : "";
}

/** Whether a command's name declares variables, so that its arguments may be assignments. */
export function isDeclaration(name: Word): boolean {
  return DECLARATIONS.has(name.literal ?? "");
}

/** Reads a word as `name=value`, `name+=value` or `name[index]=value`. */
export function assignmentOf(source: { readonly text: string }, word: Word): Assignment | undefined {
  const [first] = word.parts;
  if (first?.kind !== "literal" || first.quoted) return undefined;
  const match = PREFIX.exec(source.text.slice(word.start, word.end));
  if (!match) return undefined;
  const [prefix, name = "", index, plus] = match;
  const valueStart = word.start + prefix.length;
  const parts = word.parts.flatMap((part) => {
    if (part.end <= valueStart) return [];
    if (part.start >= valueStart || part.kind !== "literal") return [part];
    const value = part.value.slice(part.value.indexOf("=") + 1);
    return [{ ...part, start: valueStart, value }];
  });
  // A tilde is expanded behind the equals sign, too.
  const [lead] = parts;
  if (lead?.kind === "literal" && !lead.quoted && lead.value.startsWith("~")) {
    parts[0] = { kind: "tilde", start: lead.start, end: lead.end, quoted: false };
  }
  const value: Word = { kind: "word", start: valueStart, end: word.end, parts, glob: false, brace: false };
  if (parts.every((part) => part.kind === "literal")) {
    value.literal = parts.map((part) => (part.kind === "literal" ? part.value : "")).join("");
  }
  return {
    name,
    nameEnd: word.start + name.length,
    partial: plus === "+" || index !== undefined,
    value,
    start: word.start,
    end: word.end,
  };
}
