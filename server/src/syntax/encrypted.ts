/** The program that encrypted a file, by how what it writes begins. */
export function encryptedWith(text: string): string | undefined {
  return ENCRYPTED.find(([head]) => text.startsWith(head))?.[1] ?? (SOPS.test(text) ? "sops" : undefined);
}

/** sops makes JSON of a file of a type that it does not know: all of it is one encrypted value. */
const SOPS = /^\{\s*"data":\s*"ENC\[AES256_GCM,data:/;

/** From the formats: git-crypt puts a nonce after its name, age a version and stanzas, transcrypt is openssl's base64. */
const ENCRYPTED: readonly (readonly [head: string, tool: string])[] = [
  ["\0GITCRYPT\0", "git-crypt"],
  ["age-encryption.org/v1\n", "age"],
  ["-----BEGIN AGE ENCRYPTED FILE-----", "age"],
  ["-----BEGIN PGP MESSAGE-----", "GPG"],
  ["U2FsdGVkX1", "transcrypt"],
];
