import { crc32c } from "./crc32c.ts";
import {
  ATTRIBUTE,
  COMMANDS,
  damaged,
  LAST_ATTRIBUTE,
  LAST_COMMAND,
  type SendCommand,
  SendStreamError,
} from "./send-commands.ts";

const MAGIC = "btrfs-stream\0";
const STREAM_HEADER = MAGIC.length + 4;
const COMMAND_HEADER = 10;
/** The most that is kept of a command. All that comes before DATA fits: a path and a few numbers. */
const KEPT = 16 * 1024;
/** What commands without DATA may take: an attribute of 64 KiB, its name and a path. */
const LARGEST_PLAIN = 160 * 1024;
/** No kernel writes more in a command; a larger length is damage, found before 4 GB were waited for. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads a `btrfs send` stream (versions 1 to 3) as it arrives, in pieces of any size. File contents are checked and
 * passed over, so memory stays below 200 KiB whatever the stream holds.
 *
 * The format ends itself: `done` is true after the command END, and bytes after it are left to the caller. Whoever reads
 * a stream must call `finish` when no more comes; before that nothing read is known to be complete.
 */
export class SendStreamReader {
  /** The version of the stream, 0 before its header is read. */
  version = 0;
  /** END was read. */
  done = false;
  /** How many commands were read. */
  commands = 0;
  private readonly header = new Uint8Array(STREAM_HEADER);
  private filled = 0;
  private needed = STREAM_HEADER;
  private inPayload = false;
  private read = 0;
  private start = 0;
  private kept = new Uint8Array(0);
  private length = 0;
  private command = 0;
  private expected = 0;
  private crc = 0;
  private failure: SendStreamError | undefined;

  /**
   * Takes the next bytes and hands over the commands that they complete.
   *
   * @returns how many bytes belong to the stream: fewer than given only when it ended
   * @throws SendStreamError when the stream is damaged or of an unknown version; then, and at each later call
   */
  push(chunk: Uint8Array, onCommand: (command: SendCommand) => void): number {
    if (this.failure) throw this.failure;
    try {
      return this.take(chunk, onCommand);
    } catch (error) {
      if (error instanceof SendStreamError) this.failure = error;
      throw error;
    }
  }

  /** @throws SendStreamError when the stream has not ended: the connection was lost, or `btrfs send` failed */
  finish(): void {
    if (this.failure) throw this.failure;
    if (this.done) return;
    throw new SendStreamError("cut", this.read, `The stream was cut off after ${this.read} bytes: its end is missing.`);
  }

  private take(chunk: Uint8Array, onCommand: (command: SendCommand) => void): number {
    let at = 0;
    while (at < chunk.length && !this.done) {
      const count = Math.min(chunk.length - at, this.needed - this.filled);
      if (this.inPayload) {
        this.crc = crc32c(this.crc, chunk, at, at + count);
        const room = this.kept.length - this.filled;
        if (room > 0) this.kept.set(chunk.subarray(at, at + Math.min(room, count)), this.filled);
      } else this.header.set(chunk.subarray(at, at + count), this.filled);
      at += count;
      this.filled += count;
      this.read += count;
      if (this.filled === this.needed) this.whole(onCommand);
    }
    return at;
  }

  /** A header or a payload is there as a whole. */
  private whole(onCommand: (command: SendCommand) => void): void {
    if (this.version === 0) this.readStreamHeader();
    else if (!this.inPayload) this.readCommandHeader();
    if (this.inPayload && this.filled === this.needed) {
      if (this.crc !== this.expected) throw damaged(this.start, "a checksum does not match");
      const command = this.readAttributes();
      this.commands++;
      if (command.name === "end") this.done = true;
      this.next();
      onCommand(command);
    }
  }

  private next(): void {
    this.inPayload = false;
    this.filled = 0;
    this.needed = COMMAND_HEADER;
    this.start = this.read;
  }

  private readStreamHeader(): void {
    const magic = String.fromCharCode(...this.header.subarray(0, MAGIC.length));
    if (magic !== MAGIC) throw damaged(0, "this is not a btrfs send stream");
    const version = littleEndian(this.header, MAGIC.length, 4);
    if (version < 1 || version >= LAST_COMMAND.length) {
      const known = `versions 1 to ${LAST_COMMAND.length - 1} can be read`;
      throw new SendStreamError("version", MAGIC.length, `The stream has version ${version}; ${known}.`);
    }
    this.version = version;
    this.next();
  }

  private readCommandHeader(): void {
    this.length = littleEndian(this.header, 0, 4);
    this.command = littleEndian(this.header, 4, 2);
    this.expected = littleEndian(this.header, 6, 4);
    if (this.command < 1 || this.command > LAST_COMMAND[this.version]!)
      throw damaged(this.start, `there is no command ${this.command} in version ${this.version}`);
    const name = COMMANDS[this.command]!;
    const hasData = name === "write" || name === "encoded_write";
    if (this.length > (hasData ? LARGEST : LARGEST_PLAIN))
      throw damaged(this.start, `a length of ${this.length} bytes is too large for "${name}"`);
    // The checksum is taken with its own field as zero.
    this.header.fill(0, 6, COMMAND_HEADER);
    this.crc = crc32c(0, this.header, 0, COMMAND_HEADER);
    this.kept = new Uint8Array(hasData ? Math.min(this.length, KEPT) : this.length);
    this.inPayload = true;
    this.filled = 0;
    this.needed = this.length;
  }

  private readAttributes(): SendCommand {
    const attributes = new Map<number, Uint8Array>();
    let dataLength = 0;
    let at = 0;
    while (at < this.length) {
      if (at + 2 > this.kept.length) throw damaged(this.start, "an attribute does not fit into its command");
      const type = littleEndian(this.kept, at, 2);
      if (type < 1 || type > LAST_ATTRIBUTE) throw damaged(this.start, `there is no attribute ${type}`);
      if (attributes.has(type)) throw damaged(this.start, `attribute ${type} is there twice`);
      // From version 2 on DATA has no length: it may be longer than 64 KiB and ends with the command.
      const open = type === ATTRIBUTE.data && this.version >= 2;
      if (!open && at + 4 > this.kept.length) throw damaged(this.start, "an attribute does not fit into its command");
      const begin = at + (open ? 2 : 4);
      const size = open ? this.length - begin : littleEndian(this.kept, at + 2, 2);
      if (begin + size > this.length) throw damaged(this.start, "an attribute is longer than its command");
      if (type === ATTRIBUTE.data) dataLength = size;
      else if (begin + size > this.kept.length) throw damaged(this.start, "an attribute is too large");
      else attributes.set(type, this.kept.slice(begin, begin + size));
      at = begin + size;
    }
    return { name: COMMANDS[this.command]!, at: this.start, attributes, dataLength };
  }
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!;
  return value;
}
