/** The ways Nix writes a hash. `base32` is the old name of `nix32`. */
export type HashFormat = "base16" | "nix32" | "base32" | "base64" | "sri";

const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Writes the bytes of a hash; `kind` (sha256…) is part of the `sri` form. */
export function encodeHash(bytes: Uint8Array, format: HashFormat, kind: string): string {
  switch (format) {
    case "base16":
      return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    case "base64":
      return base64(bytes);
    case "sri":
      return `${kind}-${base64(bytes)}`;
    default:
      return nix32(bytes);
  }
}

/** Reads a hash of `length` bytes in whichever form its number of characters tells. */
export function decodeHash(text: string, length: number): Uint8Array | undefined {
  if (text.length === length * 2 && /^[0-9a-fA-F]*$/.test(text)) {
    return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  }
  if (text.length === Math.ceil((length * 8) / 5)) return fromNix32(text, length);
  return fromBase64(text, length);
}

/** Groups of five bits from the end of the hash backwards. */
function nix32(bytes: Uint8Array): string {
  let out = "";
  for (let n = Math.ceil((bytes.length * 8) / 5) - 1; n >= 0; n--) {
    const [byte, shift] = [(n * 5) >> 3, (n * 5) % 8];
    const pair = (bytes[byte] as number) | ((bytes[byte + 1] ?? 0) << 8);
    out += NIX32[(pair >> shift) & 31];
  }
  return out;
}

function fromNix32(text: string, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let n = 0; n < text.length; n++) {
    const digit = NIX32.indexOf(text[text.length - 1 - n] as string);
    if (digit < 0) return undefined;
    const [byte, shift] = [(n * 5) >> 3, (n * 5) % 8];
    bytes[byte]! |= (digit << shift) & 255;
    if (byte + 1 < length) bytes[byte + 1]! |= digit >> (8 - shift);
  }
  return bytes;
}

function base64(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i] as number, bytes[i + 1], bytes[i + 2]];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += BASE64[group >> 18]! + BASE64[(group >> 12) & 63];
    out += b === undefined ? "=" : BASE64[(group >> 6) & 63];
    out += c === undefined ? "=" : BASE64[group & 63];
  }
  return out;
}

function fromBase64(text: string, length: number): Uint8Array | undefined {
  const digits = text.replace(/=+$/, "");
  if (digits.length !== Math.ceil((length * 8) / 6)) return undefined;
  const bytes = new Uint8Array(length);
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const character of digits) {
    const digit = BASE64.indexOf(character);
    if (digit < 0) return undefined;
    buffer = ((buffer << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8 && at < length) {
      bits -= 8;
      bytes[at++] = (buffer >> bits) & 255;
    }
  }
  return bytes;
}
