import { ManifestError, ManifestReader } from "../../btrfs/manifest.ts";
import { SendStreamError } from "../../btrfs/send-commands.ts";
import { SendDiff } from "../../btrfs/send-diff.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import type { StepOptions } from "../remote-command.ts";
import { TransportError } from "../transport-error.ts";

/** A list of a tree, as `find` made it on the host. */
export interface Walked {
  readonly reader: ManifestReader;
  /** What `find` could not read, in its words. */
  said: string;
}

/** Bytes of a stream of `btrfs send`. The script takes lists long before: more than this is not its doing. */
const MOST_SENT = 256 * 1024 * 1024;

/** Takes what a script of comparison writes, while it comes. */
export class Collector implements Pick<StepOptions, "onRecord" | "onStream"> {
  /** There is one when the host chose a stream of `btrfs send`. */
  send: SendDiff | undefined;
  readonly walks = new Map<string, Walked>();
  /** Why the host made lists though it was asked for a stream, with what it said. */
  lists: { readonly reason: string; readonly said: string } | undefined;
  /** Temporary snapshots of earlier runs that were found, and are deleted or could not be, with what the host said. */
  swept: { readonly gone: number; readonly stay: number; readonly said: string } | undefined;
  /** Why the script did nothing more. */
  refused: { readonly reason: string; readonly text: string } | undefined;
  bytes = 0;
  private current: { push(bytes: Uint8Array): number } | undefined;
  private readonly report: (bytes: number) => void;

  /** @param report hears of the bytes that came so far */
  constructor(report: (bytes: number) => void = () => {}) {
    this.report = report;
  }

  readonly onRecord = (record: RemoteRecord): boolean => {
    const two = () => fieldsOf(record, 2) as [string, string];
    switch (record.kind) {
      case "send":
        this.send = new SendDiff();
        this.current = new Whole(this.send, Number(record.rest));
        return true;
      case "walk": {
        const reader = new ManifestReader();
        this.walks.set(record.rest, { reader, said: "" });
        this.current = reader;
        return true;
      }
      case "walked": {
        const [name, , said] = fieldsOf(record, 3) as [string, string, string];
        const walked = this.walks.get(name) ?? this.walks.get("both");
        if (walked) walked.said = `${walked.said}\n${said}`.trim();
        return true;
      }
      case "swept": {
        const [gone, stay, said] = fieldsOf(record, 3) as [string, string, string];
        this.swept = { gone: Number(gone), stay: Number(stay), said };
        return true;
      }
      case "lists": {
        const [reason, said] = two();
        this.lists = { reason, said };
        return true;
      }
      case "refused": {
        const [reason, text] = two();
        this.refused = { reason, text };
        return true;
      }
    }
    return false;
  };

  readonly onStream = (bytes: Uint8Array): number => {
    if (!this.current) throw new TransportError("EPROTOCOL", "The host sends a stream that it did not name.");
    const taken = this.current.push(bytes);
    this.bytes += taken;
    if (this.send && this.bytes > MOST_SENT)
      throw new TransportError("EPROTOCOL", "The host sends a stream without an end.");
    this.report(this.bytes);
    return taken;
  };
}

/** A stream of btrfs send whose length is known: one without an end is cut, and never waited for. */
class Whole {
  private readonly send: SendDiff;
  private left: number;

  constructor(send: SendDiff, length: number) {
    this.send = send;
    this.left = length;
  }

  push(bytes: Uint8Array): number {
    const taken = this.send.push(bytes.subarray(0, this.left));
    this.left -= taken;
    if (this.left === 0) this.send.reader.finish();
    return taken;
  }
}

/** Runs a part of a comparison: what is wrong with the bytes of a host becomes a sentence for people. */
export async function reading<Result>(host: string, part: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await part();
  } catch (error) {
    if (error instanceof SendStreamError || error instanceof ManifestError)
      throw new TransportError(
        "EPROTOCOL",
        `What ${host} sends cannot be read, so nothing of it is shown. ${error.message}`,
      );
    throw error;
  }
}
