/**
 * Reads what a remote script writes: noise of the login shell, a mark with this session's nonce, then records that end
 * with NUL, whose fields are apart by 0x1F, and at last a record `end`. Text is latin1 inside: one character, one byte.
 */

/** One record: its kind and the bytes after the first separator. */
export interface RemoteRecord {
  readonly kind: string;
  /** Fields in latin1, unsplit: only who knows the kind knows how many there are, and the last may hold anything. */
  readonly rest: string;
}

/** What is wrong with the bytes of the other side. */
export class RecordError extends Error {}

/** Most bytes that one record, or the noise before the first, may have. */
const MAX_RECORD = 32 * 1024 * 1024;
const MAX_NOISE = 1024 * 1024;

/** The fields of a record that has `count` of them; the last takes what is left. */
export function fieldsOf({ kind, rest }: RemoteRecord, count: number): string[] {
  const parts = rest.split("\x1f");
  if (parts.length < count) throw new RecordError(`the record ${kind} has ${parts.length} fields instead of ${count}`);
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join("\x1f")];
}

/** Takes bytes as they come. */
export class RecordReader {
  readonly records: RemoteRecord[] = [];
  #status: number | undefined;
  #pending: string[] = [];
  #pendingLength = 0;
  #started = false;
  readonly #mark: string;

  constructor(nonce: string) {
    this.#mark = `\0IMP 1 ${nonce}\0`;
  }

  /** What came before the script began to speak, in latin1. */
  get noise(): string {
    return this.#started ? "" : this.#pending.join("");
  }

  /** Whether the script has begun to speak. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether the script has said that it is at its end. */
  get ended(): boolean {
    return this.#status !== undefined;
  }

  /** @throws RecordError when bytes come that no script of ours writes */
  push(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    if (this.#started && !text.includes("\0")) {
      this.#keep(text);
      return;
    }
    let all = this.#pending.join("") + text;
    this.#pending = [];
    this.#pendingLength = 0;
    if (!this.#started) {
      const at = all.indexOf(this.#mark);
      if (at < 0) {
        if (all.length > MAX_NOISE) throw new RecordError("the login shell prints without end");
        this.#keep(all);
        return;
      }
      this.#started = true;
      all = all.slice(at + this.#mark.length);
    }
    const ended = all.split("\0");
    const open = ended.pop() as string;
    for (const record of ended) this.#take(record);
    this.#keep(open);
  }

  /**
   * The status with which the script ended.
   *
   * @throws RecordError when there is no final record: what came may be a part only
   */
  finish(): number {
    if (!this.#started) throw new RecordError("the host did not run the script");
    if (this.#status === undefined || this.#pendingLength > 0)
      throw new RecordError(`the answer is incomplete: ${this.records.length} records, and no end`);
    return this.#status;
  }

  #keep(text: string): void {
    if (text === "") return;
    if (this.#started && this.#status !== undefined) throw new RecordError("there is something after the end");
    this.#pending.push(text);
    this.#pendingLength += text.length;
    if (this.#pendingLength > MAX_RECORD) throw new RecordError("a record is too long");
  }

  #take(record: string): void {
    if (this.#status !== undefined) throw new RecordError("there is something after the end");
    const at = record.indexOf("\x1f");
    const kind = at < 0 ? record : record.slice(0, at);
    if (!/^[a-z][a-z-]*$/.test(kind)) throw new RecordError("a record has no kind");
    const rest = at < 0 ? "" : record.slice(at + 1);
    if (kind !== "end") this.records.push({ kind, rest });
    else if (/^\d{1,3}$/.test(rest)) this.#status = Number(rest);
    else throw new RecordError("the end has no status");
  }
}
