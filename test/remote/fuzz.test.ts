import { spawn } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "../../server/src/remote/filesystems.ts";
import { snapshotList } from "../../server/src/remote/list.ts";
import { listText } from "../../server/src/remote/list-text.ts";
import { RecordError, RecordReader } from "../../server/src/remote/record-reader.ts";
import { REMOTE_COMMAND, scriptInput } from "../../server/src/remote/script-input.ts";
import { sshArguments } from "../../server/src/remote/ssh-arguments.ts";
import { status } from "../../server/src/remote/status.ts";
import { statusText } from "../../server/src/remote/status-text.ts";
import type { Verb } from "../../server/src/remote/verb.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
const answers = new Map<string, Buffer>();
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `for n in 1 2 3; do btrfs -q subvolume snapshot -r persist "snapshots/persist-20261120-12000$n"; done`,
  );
  for (const verb of [status, look]) answers.set(verb.name, await rawAnswer(verb));
}, 60_000);
afterAll(() => host?.run("destroy"));

/** Every byte that ssh gives for a verb. */
async function rawAnswer(verb: Verb<unknown>): Promise<Buffer> {
  const args = sshArguments("noisy@127.0.0.1", REMOTE_COMMAND, { configFile: host.configFile });
  const ssh = spawn("ssh", args, { stdio: ["pipe", "pipe", "ignore"] });
  const parts: Buffer[] = [];
  ssh.stdout.on("data", (part: Buffer) => {
    parts.push(part);
    if (part.includes("end\x1f0\0")) ssh.stdin.end();
  });
  ssh.stdin.write(scriptInput(verb, [], "n"));
  await once(ssh, "close");
  return Buffer.concat(parts);
}

function recordsOf(bytes: Buffer) {
  const reader = new RecordReader("n");
  reader.push(bytes);
  expect(reader.finish()).toBeLessThan(1000);
  return reader.records;
}

/** The answer and what people are shown of it. */
function understood(name: string, bytes: Buffer): string {
  const records = recordsOf(bytes);
  if (name === status.name) return statusText(status.schema.parse(status.read(records, 0)));
  return listText(snapshotList(look.read(records, 0)));
}

const verbs = [status.name, look.name];

describe.each(verbs)("the answer of %s", (name) => {
  it("is understood as it is", () => {
    expect(understood(name, answers.get(name) as Buffer).length).toBeGreaterThan(100);
  });

  it("is no answer when it is cut, wherever that is", () => {
    const whole = answers.get(name) as Buffer;
    for (let length = 0; length < whole.length; length += 1 + (length % 7))
      expect(() => recordsOf(whole.subarray(0, length))).toThrow(RecordError);
  });

  it("is refused or understood when bytes are changed, lost or put in, and is safe to print", () => {
    const whole = answers.get(name) as Buffer;
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      remove: fc.nat(40),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.constantFrom(0, 31, 10, 27).map((byte) => Uint8Array.of(byte)),
      ),
    });
    let answered = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let bytes = whole;
        for (const { at, remove, insert } of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        let records: ReturnType<typeof recordsOf>;
        try {
          records = recordsOf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError);
          return;
        }
        expect(records.length).toBeGreaterThan(0);
        try {
          const text = understood(name, bytes);
          answered++;
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        } catch (error) {
          // Whoever calls says that the answer makes no sense; an assertion of ours is another matter.
          expect((error as Error).name).not.toBe("AssertionError");
        }
      }),
      { numRuns: 400 },
    );
    expect(answered).toBeGreaterThan(20);
  });
});
