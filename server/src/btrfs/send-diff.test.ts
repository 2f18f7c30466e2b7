import { describe, expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";
import { COMMANDS, SendStreamError } from "./send-commands.ts";
import { SendDiff } from "./send-diff.ts";

type Attribute = [type: number, value: string | number];

function command(name: (typeof COMMANDS)[number], ...attributes: Attribute[]): Buffer {
  const payload = Buffer.concat(
    attributes.map(([type, value]) => {
      const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.alloc(8);
      if (typeof value === "number") bytes.writeBigUInt64LE(BigInt(value));
      const head = Buffer.alloc(4);
      head.writeUInt16LE(type, 0);
      head.writeUInt16LE(bytes.length, 2);
      return Buffer.concat([head, bytes]);
    }),
  );
  const header = Buffer.alloc(10);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt16LE(COMMANDS.indexOf(name), 4);
  header.writeUInt32LE(crc32c(0, Buffer.concat([header, payload])), 6);
  return Buffer.concat([header, payload]);
}

function stream(version: number, ...commands: Buffer[]): Buffer {
  const header = Buffer.from("btrfs-stream\0\0\0\0\0", "latin1");
  header.writeUInt32LE(version, 13);
  return Buffer.concat([header, command("snapshot", [15, "snap"]), ...commands, command("end")]);
}

function changes(bytes: Uint8Array, step = bytes.length) {
  const diff = new SendDiff();
  for (let at = 0; at < bytes.length; at += step) diff.push(bytes.subarray(at, at + step));
  return diff.changes();
}

const SAMPLE = stream(
  1,
  command("mkfile", [15, "o260-9-0"]),
  command("rename", [15, "o260-9-0"], [16, "dir/new\xff"]),
  command("update_extent", [15, "dir/new\xff"], [18, 0], [4, 700]),
  command("link", [15, "to"], [17, "from"]),
  command("unlink", [15, "from"]),
  command("rename", [15, "moved"], [16, "dir/moved"]),
  command("chmod", [15, "dir/moved/inside"], [5, 0o640]),
  command("utimes", [15, "read"], [10, "\x05".padEnd(12, "\0")]),
  command("unlink", [15, "gone"]),
  command("rename", [15, "machines"], [16, "o300-7-0"]),
);

describe("differences from a send stream", () => {
  it("knows CRC-32C as send streams take it", () => {
    // The check value of CRC-32C, 0xe3069283, begins and ends inverted.
    expect(crc32c(0xffffffff, Buffer.from("123456789")) ^ 0xffffffff).toBe(0xe3069283 | 0);
  });

  it("finds renames, what was deleted, and nothing where only times changed", () => {
    const rows = changes(SAMPLE).map(({ change, path, from, size }) => ({ change, path, from, size }));
    expect(rows).toEqual([
      { change: "renamed", path: "dir/moved", from: "moved", size: undefined },
      { change: "metadata", path: "dir/moved/inside", from: undefined, size: undefined },
      { change: "added", path: "dir/new\xff", from: undefined, size: 700 },
      { change: "deleted", path: "gone", from: undefined, size: undefined },
      { change: "deleted", path: "machines", from: undefined, size: undefined },
      { change: "renamed", path: "to", from: "from", size: undefined },
    ]);
  });

  it("names what only the times of changed, apart from the rest", () => {
    const diff = new SendDiff();
    diff.push(SAMPLE);
    expect(diff.timesOnly()).toEqual(["read"]);
  });

  it("reads the same from pieces of any size", () => {
    for (const step of [1, 2, 7, 64]) expect(changes(SAMPLE, step)).toEqual(changes(SAMPLE));
  });

  it("leaves what follows the stream to the caller", () => {
    expect(new SendDiff().push(Buffer.concat([SAMPLE, Buffer.from("rest")]))).toBe(SAMPLE.length);
  });

  it("passes over contents, which need no length from version 2 on", () => {
    const data = Buffer.alloc(300_002, 1);
    data.writeUInt16LE(19, 0);
    const path = command("write", [15, "a"], [18, 0]).subarray(10);
    const header = Buffer.alloc(10);
    header.writeUInt32LE(path.length + data.length, 0);
    header.writeUInt16LE(15, 4);
    header.writeUInt32LE(crc32c(0, Buffer.concat([header, path, data])), 6);
    const bytes = stream(2, command("mkfile", [15, "a"]), header, path, data);
    expect(changes(bytes, 1000)).toEqual([{ change: "added", path: "a", type: "file", size: 300_000 }]);
  });

  it("names the version it cannot read", () => {
    expect(() => changes(stream(4))).toThrow("version 4");
  });

  it.each(["../up", "/etc", "a//b", ""])("refuses the path %j", (path) => {
    expect(() => changes(stream(1, command("mkfile", [15, path])))).toThrow("damaged at byte");
  });

  it("does not follow a directory into itself", () => {
    const bytes = stream(1, command("rename", [15, "a"], [16, "a/b"]));
    expect(() => changes(bytes)).toThrow("damaged at byte");
  });

  it("shows nothing of a stream that is cut anywhere", () => {
    for (let end = 0; end < SAMPLE.length; end++)
      expect(() => changes(SAMPLE.subarray(0, end))).toThrow(SendStreamError);
  });

  it("says so, or reads exactly the same, when bytes are changed (5,000 streams)", () => {
    const whole = JSON.stringify(changes(SAMPLE));
    let state = 7;
    const below = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    let refused = 0;
    for (let round = 0; round < 5_000; round++) {
      const bytes = Buffer.from(SAMPLE);
      for (let count = below(3); count >= 0; count--) bytes[below(bytes.length)] = below(256);
      try {
        expect(JSON.stringify(changes(bytes, 1 + below(90)))).toBe(whole);
      } catch (error) {
        if (!(error instanceof SendStreamError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(4_000);
  });

  it("ends with an answer or this error when commands are lost, doubled, moved or changed behind a right checksum (6,000 streams)", () => {
    let state = 11;
    const below = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const [head, commands] = [SAMPLE.subarray(0, 17), commandsOf(SAMPLE)];
    let refused = 0;
    for (let round = 0; round < 6_000; round++) {
      const mutated = [...commands];
      for (let count = below(3); count >= 0; count--) {
        const [from, to] = [below(mutated.length), below(mutated.length)];
        const [one] = mutated.splice(from, below(4) > 0 ? 1 : 0);
        if (one && below(3) > 0) mutated.splice(to, 0, below(2) > 0 ? changed(one, below) : one);
        else if (one && below(2) > 0) mutated.splice(to, 0, one, one);
      }
      try {
        const rows = changes(Buffer.concat([head, ...mutated]), 1 + below(200));
        // Whatever came, it ends with END, and every row is a place that can be.
        expect(mutated.some((one) => one.readUInt16LE(4) === COMMANDS.indexOf("end"))).toBe(true);
        for (const { path } of rows) expect(path).not.toMatch(/^\/|\/\/|\0|(?:^|\/)\.\.?(?:\/|$)/);
      } catch (error) {
        if (!(error instanceof SendStreamError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1_500);
    expect(refused).toBeLessThan(6_000);
  });
});

/** The commands of a stream, each with its header. */
function commandsOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 17; at < bytes.length; ) {
    const end = at + 10 + bytes.readUInt32LE(at);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

/** The command with some bytes changed, its number among them, and a checksum that fits. */
function changed(one: Buffer, below: (limit: number) => number): Buffer {
  const copy = Buffer.from(one);
  if (below(4) === 0) copy.writeUInt16LE(1 + below(26), 4);
  else
    for (let count = below(3); count >= 0 && copy.length > 10; count--) copy[10 + below(copy.length - 10)] = below(256);
  copy.writeUInt32LE(0, 6);
  copy.writeUInt32LE(crc32c(0, copy), 6);
  return copy;
}
