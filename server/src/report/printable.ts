/*
 * Text that comes from files, made safe for a terminal: control characters and the marks that turn the
 * writing direction are shown as codes instead of being obeyed.
 */

/** For text of several lines: line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    escaped,
  );
}

/** For what must stay on its line, such as file names: line breaks and tabs are codes, too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

/** Plain data with every string in it, names included, made safe for its line. */
export function printableData<T>(data: T): T {
  if (typeof data === "string") return printableLine(data) as T;
  if (Array.isArray(data)) return data.map((item) => printableData(item)) as T;
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [printableLine(key), printableData(value)]),
  ) as T;
}

/**
 * Data as JSON that a terminal shows and does not obey: JSON itself leaves DEL, the second set of control characters and
 * the marks that turn the writing direction as they are. Whoever parses it reads the same strings.
 */
export function printableJson(data: unknown): string {
  return JSON.stringify(data, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escaped(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
