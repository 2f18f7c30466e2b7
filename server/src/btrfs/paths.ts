/**
 * Paths on Unix are bytes. Inside they are strings with one character (U+0000 to U+00FF) for each byte, "latin1": nothing
 * is lost and comparing is cheap. Only what people see is decoded.
 */
export type BytePath = string;

const UNSAFE =
  // Control characters, marks that change the direction of text, invisible ones, and line ends of Unicode.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\\]|[\u{e0000}-\u{e007f}]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The exact bytes of a path, as the host wants them back. */
export function pathBytes(path: BytePath): Uint8Array {
  return Uint8Array.from(path, (character) => character.charCodeAt(0));
}

/** The path with one character for each byte. */
export function pathOfBytes(bytes: Uint8Array): BytePath {
  let bits = 0;
  for (let at = 0; at < bytes.length; at++) bits |= bytes[at]!;
  // Nearly all names are ASCII, which is the same in UTF-8 and read at once.
  if (bits < 0x80) return decoder.decode(bytes);
  let text = "";
  // Few arguments at a time: a call takes only so many. Spreading them would take five times as long.
  for (let at = 0; at < bytes.length; at += 4096)
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + 4096) as ArrayLike<number>);
  return text;
}

/**
 * A path for people: decoded as UTF-8, with U+FFFD where it is not, and with characters escaped that would break a line,
 * steer a terminal or reorder text. Two paths may look the same; act on `pathBytes`, never on this.
 */
export function displayPath(path: BytePath): string {
  return decoder.decode(pathBytes(path)).replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return SHORT[character] ?? (code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\u{${code}}`);
  });
}
