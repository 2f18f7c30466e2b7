import { createHash } from "node:crypto";
import { TransportError } from "../transport-error.ts";

/** Takes the bytes of a file whose length was said before. */
export class FileContent {
  private readonly limit: number;
  private readonly parts: Uint8Array[] = [];
  private left: number | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @throws TransportError when the host says a length that was not asked for */
  expect(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.limit)
      throw new TransportError("EPROTOCOL", "The host sends a file of another length than was asked for.");
    this.left = length;
  }

  /** Whether the next stream is the file. */
  get isExpected(): boolean {
    return this.left !== undefined;
  }

  /** @returns how many of the bytes belong to the file */
  push(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.left ?? 0);
    if (count > 0) this.parts.push(Uint8Array.from(bytes.subarray(0, count)));
    this.left = (this.left ?? 0) - count;
    return count;
  }

  /** SHA-256 of the content, in hexadecimal digits. */
  digest(): string {
    const hash = createHash("sha256");
    for (const part of this.parts) hash.update(part);
    return hash.digest("hex");
  }

  /** The file as text, or undefined when it is none: no UTF-8, or with zero bytes. */
  text(): string | undefined {
    const all = Buffer.concat(this.parts);
    if (all.includes(0)) return undefined;
    const text = all.toString("utf8");
    return Buffer.from(text, "utf8").equals(all) ? text : undefined;
  }
}
