import { spawn } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { RecordError, RecordReader, type RemoteRecord } from "../../server/src/remote/record-reader.ts";
import type { ConfiguredHost, RemoteSession, StepOptions } from "../../server/src/remote/remote-command.ts";
import { answerInput, REMOTE_COMMAND, scriptInput } from "../../server/src/remote/script-input.ts";
import { sshArguments } from "../../server/src/remote/ssh-arguments.ts";
import { TransportError } from "../../server/src/remote/transport-error.ts";
import type { Verb } from "../../server/src/remote/verb.ts";
import { printableJson } from "../../server/src/report/printable.ts";
import { TestHost } from "./test-host.ts";

/*
 * A host belongs to whoever broke into it. What each command is answered is recorded once, then changed in every way, and
 * the whole command has to make something of that: an answer of its form, safe for a terminal, or an error in words.
 */

const SNAPSHOT = "snapshots/persist-20200101-000000";
const COMMANDS: readonly [name: string, options: object][] = [
  ["status", {}],
  ["list", {}],
  ["snapshot", { subvolumes: ["persist"], request: "made-up-answers" }],
  ["gc", { keep: "1 recent", apply: true }],
  ["diff", {}],
  ["diff", { between: [SNAPSHOT, "persist"] }],
  ["persist", { paths: ["/var/lib/app", "/etc/machine-id"] }],
  ["show", { snapshot: SNAPSHOT, path: "/data/x" }],
  ["restore", { snapshot: SNAPSHOT, paths: ["/persist/data"], overwrite: true }],
  ["rollback", { subvolume: "services", snapshot: "snapshots/services-20200101-000000" }],
  ["rollback", {}],
];

/** What a configuration that knows nothing says. */
const configured = {
  fates: async (paths: readonly string[]) => paths.map(() => ({ survives: "no", by: "" })),
  persist: async () => ({ title: "", store: "/persist", patch: "" }),
} as unknown as ConfiguredHost;

let host: TestHost;
const answers = new Map<number, Buffer[]>();
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `mkdir -p persist/data root/var/lib/app; echo x >persist/data/x; btrfs -q subvolume create services
     for s in persist services; do for y in 2020 2021 2022; do btrfs -q subvolume snapshot -r $s snapshots/$s-\${y}0101-000000; done; done
     echo y >persist/data/x; btrfs -q subvolume create old_roots/root-20200101-000000; btrfs -q subvolume create old_roots/root-20200101-000000/machines
     btrfs -q subvolume create old_roots/root-20210101-000000; sync -f .`,
  );
  for (const [at, [name, options]] of COMMANDS.entries()) {
    const all: Buffer[] = [];
    answers.set(at, all);
    await run(name, options, async (...call) => void all.push(await rawAnswer(...call)));
  }
}, 60_000);
afterAll(() => host?.run("destroy"));

/** Hands what a host says to the reader, which hears it as it would come over ssh. */
type Answer = (verb: Verb<unknown>, step: StepOptions, reader: RecordReader) => Promise<void>;

/** Runs a whole command; what its calls hear comes from `answer`. The answer as people and programs are shown it. */
async function run(name: string, options: object, answer: Answer): Promise<string> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const session: RemoteSession = {
    ...{ signal: new AbortController().signal, log() {}, progress() {}, confirm: async () => true },
    configured: name === "persist" ? configured : undefined,
    call: async (verb, step = {}) => {
      const asks: Promise<unknown>[] = [];
      const onRecord = (record: RemoteRecord) => {
        if (record.kind !== "ask") return step.onRecord?.(record) ?? false;
        if (!step.onAsk) throw new RecordError("there is a question that nobody expects");
        const asked = step.onAsk(reader.records);
        asked.catch(() => {});
        asks.push(asked);
        return true;
      };
      const reader = new RecordReader("n", { ...step, onRecord });
      try {
        await answer(verb as Verb<unknown>, { ...step, onAsk: () => Promise.any(asks.slice(-1)) as never }, reader);
        await Promise.all(asks);
        expect(reader.finish()).toBeLessThan(1000);
        return verb.schema.parse(verb.read(reader.records, 1_790_000_000));
      } catch (error) {
        // As `callHost` does, and not more.
        const isOwn = error instanceof TransportError || (error as Error).name === "AssertionError";
        if (isOwn || !(error instanceof RecordError || reader.ended || asks.length > 0)) throw error;
        throw new TransportError("EPROTOCOL", (error as Error).message);
      }
    },
  };
  const result = await command.run("made.up", command.options.parse(options), session);
  return `${command.text(command.result.parse(result))}${printableJson(result)}`;
}

/** Every byte that ssh gives for a call, which the reader hears, too. */
async function rawAnswer(verb: Verb<unknown>, step: StepOptions, reader: RecordReader): Promise<Buffer> {
  const args = sshArguments("root@127.0.0.1", REMOTE_COMMAND, { configFile: host.configFile });
  const ssh = spawn("ssh", args, { stdio: ["pipe", "pipe", "ignore"] });
  const parts: Buffer[] = [];
  let asked = 0;
  ssh.stdout.on("data", (part: Buffer) => {
    parts.push(part);
    reader.push(part);
    const asks = Buffer.concat(parts).toString("latin1").split("\0ask\0").length - 1;
    if (asks > asked++ && asks === asked) {
      step.onAsk?.(reader.records).then((words) => ssh.stdin.write(answerInput(words)));
    } else asked = asks;
    if (reader.ended) ssh.stdin.end();
  });
  ssh.stdin.write(scriptInput(verb, step.args ?? [], "n"));
  await once(ssh, "close");
  return Buffer.concat(parts);
}

const NUMBERS = ["0", "-1", "9".repeat(30), "NaN", "5", "257", "1e400", "99999999999"];
const TEXTS = [
  "",
  "\u001b]0;x\u0007",
  "\u009b31m",
  "\u202e",
  "../../etc",
  "\xff\xfe",
  "\x1f",
  "\n\tUUID: x",
  "x".repeat(5000),
];

type Change =
  | { readonly kind: "bytes"; readonly at: number; readonly remove: number; readonly insert: Uint8Array }
  | { readonly kind: "drop" | "twice" | "swap"; readonly at: number }
  | { readonly kind: "number"; readonly at: number; readonly which: number; readonly put: number }
  | { readonly kind: "text"; readonly at: number; readonly which: number; readonly put: number };

const changes = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("bytes" as const),
      ...{ at: fc.nat(), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 12 }) },
    }),
    fc.record({ kind: fc.constantFrom("drop" as const, "twice" as const, "swap" as const), at: fc.nat() }),
    fc.record({
      kind: fc.constantFrom("number" as const, "text" as const),
      ...{ at: fc.nat(), which: fc.nat(), put: fc.nat() },
    }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Changes an answer: single bytes, whole records, or what is in them. The mark and the end stay. */
function changed(answer: Buffer, all: readonly Change[]): Buffer {
  const records = answer.toString("latin1").split("\0").slice(2, -2);
  for (const change of all) {
    const at = change.at % records.length;
    const record = records[at] as string;
    if (change.kind === "drop") records.splice(at, 1);
    else if (change.kind === "twice") records.splice(at, 0, record);
    else if (change.kind === "swap") records.push(...records.splice(at, 1));
    else if (change.kind === "bytes") {
      const from = change.at % (record.length + 1);
      const put = Buffer.from(change.insert).toString("latin1");
      records[at] = record.slice(0, from) + put + record.slice(from + change.remove);
    } else if (change.kind === "number" || change.kind === "text") {
      const pattern = change.kind === "number" ? /\d+/g : /[^\x1f\n\t ]+/g;
      const found = [...record.matchAll(pattern)];
      const one = found[change.which % (found.length || 1)];
      const values = change.kind === "number" ? NUMBERS : TEXTS;
      const put = Buffer.from(values[change.put % values.length] as string).toString("latin1");
      if (one) records[at] = record.slice(0, one.index) + put + record.slice(one.index + one[0].length);
    }
    if (records.length === 0) records.push("nothing");
  }
  return Buffer.from(`\0IMP 1 n\0${records.map((record) => `${record}\0`).join("")}end\x1f0\0`, "latin1");
}

describe.each(COMMANDS.map(([name, options], at) => [name, JSON.stringify(options), at] as const))(
  "%s %s",
  (name, _, index) => {
    const options = COMMANDS[index]?.[1] as object;
    const recorded = () => answers.get(index) as Buffer[];

    it("makes the same of the same answer", async () => {
      let call = 0;
      expect(
        (await run(name, options, async (_, __, reader) => reader.push(recorded()[call++] as Buffer))).length,
      ).toBeGreaterThan(10);
      expect(call).toBe(recorded().length);
    });

    it("makes an answer or an error in words of what a host makes up, and nothing that a terminal obeys", async () => {
      let answered = 0;
      const holds = fc.asyncProperty(
        fc.array(changes, { minLength: 6, maxLength: 6 }),
        fc.nat(5),
        async (each, from) => {
          let call = 0;
          const answer: Answer = async (_, __, reader) => {
            const bytes = recorded()[Math.min(call, recorded().length - 1)] as Buffer;
            const own = call >= from % recorded().length ? (each[call % each.length] as Change[]) : [];
            call++;
            reader.push(own.length > 0 ? changed(bytes, own) : bytes);
          };
          try {
            const shown = await run(name, options, answer);
            answered++;
            expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
          } catch (error) {
            if (error instanceof TransportError && error.message.length < 10_000) return;
            throw error;
          }
        },
      );
      // Of a verb that checks its answer closely few changed ones are taken; some must be, to be looked at.
      for (let batch = 0; batch === 0 || (answered <= 5 && batch < 10); batch++)
        await fc.assert(holds, { numRuns: 150 });
      expect(answered).toBeGreaterThan(5);
    });
  },
);
