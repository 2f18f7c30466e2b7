import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOf, RecordError, RecordReader } from "./record-reader.ts";

const read = (bytes: Uint8Array, cuts: readonly number[] = []) => {
  const reader = new RecordReader("n");
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b)) {
    if (to < from || to > bytes.length) continue;
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  reader.push(bytes.subarray(from));
  return { status: reader.finish(), records: reader.records };
};
const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", ""));
const stream = (values: readonly string[]) =>
  Buffer.from(`noise\0IMP 1 n\0${values.map((value) => `arg\x1f${value}\0`).join("")}end\x1f0\0`);

describe("the record reader", () => {
  it("gives what was written, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat(300)), (values, cuts) => {
        const { records } = read(stream(values), cuts);
        expect(records.map(({ rest }) => Buffer.from(rest, "latin1").toString())).toEqual(values);
      }),
    );
  });

  it("takes no part for the whole", () => {
    const whole = stream(["a", "b"]);
    for (let length = 0; length < whole.length; length++)
      expect(() => read(whole.subarray(0, length))).toThrow(RecordError);
    expect(() => read(Buffer.concat([whole, Buffer.from("x")]))).toThrow(RecordError);
  });

  it("answers or refuses whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, started) => {
        try {
          read(started ? Buffer.concat([Buffer.from("\0IMP 1 n\0"), bytes]) : bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError);
        }
      }),
    );
  });

  it("hands over a stream that knows its end, however it is cut", () => {
    const inner = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(inner, fc.array(fc.nat(400)), (content, cuts) => {
        const heard: number[] = [];
        const records: string[] = [];
        const reader = new RecordReader("n", {
          onRecord: ({ kind }) => records.push(kind) > 0,
          onStream(bytes) {
            const mine = bytes.subarray(0, content.length - heard.length);
            heard.push(...mine);
            return mine.length;
          },
        });
        const bytes = Buffer.concat([
          Buffer.from("\0IMP 1 n\0first\0stream\0"),
          content,
          Buffer.from("second\x1fx\0end\x1f0\0"),
        ]);
        let from = 0;
        for (const to of [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
          reader.push(bytes.subarray(from, to));
          from = to;
        }
        expect(reader.finish()).toBe(0);
        expect(heard).toEqual([...content]);
        expect(records).toEqual(["first", "second"]);
        expect(reader.records).toEqual([]);
      }),
    );
  });

  it("takes a stream without its end, or one that nobody asked for, for no answer", () => {
    const begun = Buffer.from("\0IMP 1 n\0stream\0abc");
    const reader = new RecordReader("n", { onStream: (bytes) => bytes.length });
    reader.push(begun);
    expect(() => reader.finish()).toThrow(RecordError);
    expect(() => new RecordReader("n").push(begun)).toThrow(RecordError);
  });

  it("leaves separators in the last field", () => {
    expect(fieldsOf({ kind: "x", rest: "a\x1fb\x1fc" }, 2)).toEqual(["a", "b\x1fc"]);
    expect(() => fieldsOf({ kind: "x", rest: "a" }, 2)).toThrow(RecordError);
  });
});
