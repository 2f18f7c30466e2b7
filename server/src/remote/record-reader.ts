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

/** Most bytes that one record, all of them, or the noise before the first may have: a host must not fill our memory. */
const MAX_RECORD = 32 * 1024 * 1024;
const MAX_RECORDS = 128 * 1024 * 1024;
const MAX_NOISE = 1024 * 1024;
/** What a record takes in memory beside its bytes, generously. */
const RECORD_COST = 256;
/** How much of the noise is remembered: its end tells why the script did not begin. */
const NOISE_KEPT = 16 * 1024;
/** Pieces of a record that may wait to be put together: each costs more than its bytes. */
const MAX_PIECES = 1024;

/** The fields of a record that has `count` of them; the last takes what is left. */
export function fieldsOf({ kind, rest }: RemoteRecord, count: number): string[] {
  const parts = rest.split("\x1f");
  if (parts.length < count) throw new RecordError(`the record ${kind} has ${parts.length} fields instead of ${count}`);
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join("\x1f")];
}

/** Who hears what comes, beside the list of records. See `StepOptions`. */
export interface RecordListener {
  onRecord?(record: RemoteRecord): boolean;
  onStream?(bytes: Uint8Array): number;
}

/** What came after the end is no record: a login shell may have printed it at its own end. All of the answer is there. */
export class NoiseAfterEnd extends RecordError {}

/** Between the fields of a record. */
const SEPARATOR = "\x1f";

/** Takes bytes as they come. */
export class RecordReader {
  readonly records: RemoteRecord[] = [];
  #status: number | undefined;
  #pending: string[] = [];
  #pendingLength = 0;
  #total = 0;
  #noise = "";
  #noiseLength = 0;
  #started = false;
  #streaming = false;
  #count = 0;
  readonly #mark: string;
  readonly #listener: RecordListener;

  constructor(nonce: string, listener: RecordListener = {}) {
    this.#mark = `\0IMP 1 ${nonce}\0`;
    this.#listener = listener;
  }

  /** The end of what came before the script began to speak, in latin1. */
  get noise(): string {
    return this.#noise;
  }

  /** Whether the script has begun to speak. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether the script has said that it is at its end. */
  get ended(): boolean {
    return this.#status !== undefined;
  }

  /** Records so far, those included that are not kept. */
  get count(): number {
    return this.#count;
  }

  /** @throws RecordError when bytes come that no script of ours writes, or what a listener throws */
  push(bytes: Uint8Array): void {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!this.#started) rest = this.#begin(rest);
    while (rest.length > 0) {
      if (this.#status !== undefined) {
        const text = "there is something after the end";
        throw rest.includes(SEPARATOR) ? new RecordError(text) : new NoiseAfterEnd(text);
      }
      if (this.#streaming) {
        const taken = this.#listener.onStream?.(rest) ?? 0;
        if (taken < rest.length) this.#streaming = false;
        rest = rest.subarray(taken);
        continue;
      }
      const end = rest.indexOf(0);
      this.#keep(rest.toString("latin1", 0, end < 0 ? rest.length : end));
      if (end < 0) return;
      const record = this.#pending.length === 1 ? (this.#pending[0] as string) : this.#pending.join("");
      this.#pending = [];
      this.#pendingLength = 0;
      this.#take(record);
      rest = rest.subarray(end + 1);
    }
  }

  /**
   * The status with which the script ended.
   *
   * @throws RecordError when there is no final record: what came may be a part only
   */
  finish(): number {
    if (!this.#started) throw new RecordError("the host did not run the script");
    if (this.#status === undefined || this.#pendingLength > 0)
      throw new RecordError(`the answer is incomplete: ${this.#count} records, and no end`);
    return this.#status;
  }

  /** Keeps the end of the noise until the mark comes, and answers with what is behind it. */
  #begin(bytes: Buffer): Buffer {
    const before = this.#noise.length;
    const all = this.#noise + bytes.toString("latin1");
    const at = all.indexOf(this.#mark);
    if (at >= 0) {
      this.#noise = "";
      this.#started = true;
      return bytes.subarray(at + this.#mark.length - before);
    }
    this.#noiseLength += bytes.length;
    if (this.#noiseLength > MAX_NOISE) throw new RecordError("the login shell prints without end");
    this.#noise = all.slice(-NOISE_KEPT);
    return Buffer.alloc(0);
  }

  #keep(text: string): void {
    this.#pendingLength += text.length;
    if (this.#pendingLength > MAX_RECORD) throw new RecordError("a record is too long");
    this.#pending.push(text);
    if (this.#pending.length > MAX_PIECES) this.#pending = [this.#pending.join("")];
  }

  #take(record: string): void {
    const at = record.indexOf(SEPARATOR);
    const kind = at < 0 ? record : record.slice(0, at);
    if (!/^[a-z][a-z-]*$/.test(kind)) throw new RecordError("a record has no kind");
    const rest = at < 0 ? "" : record.slice(at + 1);
    if (kind === "end") {
      if (!/^\d{1,3}$/.test(rest)) throw new RecordError("the end has no status");
      this.#status = Number(rest);
      return;
    }
    this.#count++;
    this.#total += record.length + RECORD_COST;
    if (this.#total > MAX_RECORDS) throw new RecordError(`there is no end of records, after ${this.#count} of them`);
    if (kind === "stream") {
      if (!this.#listener.onStream) throw new RecordError("there is a stream that nobody asked for");
      this.#streaming = true;
    } else if (!this.#listener.onRecord?.({ kind, rest })) this.records.push({ kind, rest });
  }
}
