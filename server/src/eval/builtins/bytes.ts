/*
 * Nix strings are bytes; ours are UTF-16. Lengths and offsets that the language shows are counted in the
 * bytes of UTF-8. A byte that is no whole character (a character cut in two by `substring`) is kept as a
 * lone low surrogate U+DC80..U+DCFF, and becomes a character again when its neighbours return.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether one UTF-16 unit is one byte throughout. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

/** The length in bytes of UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += isStray(unit) ? 1 : 3;
  }
  return bytes;
}

/** The text as a "binary" string: one unit (0..255) for each byte. */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      i++;
    } else if (isStray(unit)) {
      out += encode(text.slice(from, i)) + String.fromCharCode(unit - 0xdc00);
      from = i + 1;
    }
  }
  return out + encode(text.slice(from));
}

/** The reverse of `toBytes`. */
export function fromBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const array = Uint8Array.from(bytes, (unit) => unit.charCodeAt(0));
  try {
    return decoder.decode(array);
  } catch {
    return decodeWithStrays(array);
  }
}

/** Bytes `start` to `end` of the text. */
export function byteSlice(text: string, start: number, end: number): string {
  return isAscii(text) ? text.slice(start, end) : fromBytes(toBytes(text).slice(start, end));
}

/** Puts characters that were cut in two together again; the text itself when there are none. */
export function rejoin(text: string): string {
  return /[\uDC80-\uDCFF]/.test(text) ? fromBytes(toBytes(text)) : text;
}

function encode(text: string): string {
  let out = "";
  for (const byte of encoder.encode(text)) out += String.fromCharCode(byte);
  return out;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function isStray(unit: number): boolean {
  return unit >= 0xdc80 && unit <= 0xdcff;
}

function decodeWithStrays(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes[i] as number);
    let character: string | undefined;
    if (length > 0) {
      try {
        character = decoder.decode(bytes.subarray(i, i + length));
      } catch {
        character = undefined;
      }
    }
    out += character ?? String.fromCharCode(0xdc00 + (bytes[i] as number));
    i += character === undefined ? 1 : length;
  }
  return out;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
