import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Nix' own digits: no vowels but `a` and `i`, so that no words come about. */
const DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";

/**
 * Where Nix keeps the source of a flake input: the name is made of the hash of its content alone, so it needs no
 * program to find it.
 *
 * @param narHash as `flake.lock` has it: `sha256-` and base64
 * @param store the folder of the store, which is a part of what is hashed
 * @returns undefined when the hash is none
 */
export function storePathOf(narHash: string, store: string): string | undefined {
  const digest = /^sha256-([A-Za-z0-9+/]{43}=)$/.exec(narHash)?.[1];
  if (digest === undefined) return undefined;
  const content = Buffer.from(digest, "base64").toString("hex");
  const hash = sha256(utf8ToBytes(`source:sha256:${content}:${store}:source`));
  const folded = Buffer.alloc(20);
  for (const [index, byte] of hash.entries()) folded[index % 20] = (folded[index % 20] as number) ^ byte;
  return `${store}/${base32(folded)}-source`;
}

/** Five bits a digit, the last ones first. */
function base32(bytes: Buffer): string {
  let text = "";
  for (let digit = Math.ceil((bytes.length * 8) / 5) - 1; digit >= 0; digit--) {
    const bit = digit * 5;
    const at = bit >> 3;
    const pair = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8);
    text += DIGITS[(pair >> (bit & 7)) & 31];
  }
  return text;
}
