import { fieldsOf, RecordError, type RemoteRecord } from "./record-reader.ts";

/** What the records of a script say by name. */
export interface Outputs {
  /** What a command printed, in latin1, when it ended with 0. */
  text(name: string): string | undefined;
  /** Whether a command was run and did not end with 0. */
  failed(name: string): boolean;
  /** The fields of the first record of a kind. */
  fields(kind: string, count: number): string[] | undefined;
  /** @throws RecordError when a record that the script always writes is not there */
  required(kind: string, count: number): string[];
}

export function outputsOf(records: readonly RemoteRecord[]): Outputs {
  const texts = new Map<string, string>();
  const failed = new Set<string>();
  for (const record of records) {
    if (record.kind !== "output") continue;
    const [name, status, text] = fieldsOf(record, 3) as [string, string, string];
    if (status === "0") texts.set(name, text);
    else failed.add(name);
  }
  const fields = (kind: string, count: number) => {
    const record = records.find((one) => one.kind === kind);
    return record && fieldsOf(record, count);
  };
  return {
    text: (name) => texts.get(name),
    failed: (name) => failed.has(name),
    fields,
    required(kind, count) {
      const found = fields(kind, count);
      if (!found) throw new RecordError(`there is no record ${kind}`);
      return found;
    },
  };
}

/**
 * Unix seconds, as the host's `date` prints them.
 *
 * @throws RecordError for what is none
 */
export function clockOf(outputs: Outputs): number {
  const [text = ""] = outputs.required("clock", 1);
  if (!/^-?\d{1,11}$/.test(text)) throw new RecordError("the host says no time");
  return Number(text);
}

/** Bytes in latin1 as text for people: UTF-8, with U+FFFD for what is none. */
export function shown(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
