import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TransportError } from "../../server/src/remote/transport-error.ts";
import { Relay } from "./relay.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
let relay: Relay;
beforeAll(async () => {
  host = await TestHost.start();
  relay = await Relay.to(host);
  host.run(
    "top",
    `mkdir persist/data; echo good >persist/data/x; btrfs -q subvolume create services; echo good >services/x
     for s in persist services; do btrfs -q subvolume snapshot -r $s snapshots/$s-20260101-000000; done; echo bad >persist/data/x; echo bad >services/x`,
  );
  // Enough files for a stream, which needs a temporary snapshot.
  host.run("inside", "bash", "-euc", "mkdir -p /srv/many; cd /srv/many; seq 5200 | xargs touch");
  host.run("top", "btrfs -q subvolume snapshot -r root snapshots/boot");
  host.run("inside", "bash", "-euc", "cd /srv/many; echo changed >7; rm 8");
}, 60_000);
afterAll(() => {
  relay?.close();
  host?.run("destroy");
});

const top = (script: string) => host.run("top", script);
/** Runs a command over the link, in a connection of its own. */
async function run(
  name: string,
  options: object,
  configFile = relay.configFile,
): Promise<{ done?: boolean; text: string }> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const session = openSession("root@127.0.0.1", { configFile, confirm: async () => true });
  try {
    const result = (await command.run("test", command.options.parse(options), session)) as object;
    return { ...result, text: command.text(result) };
  } finally {
    await session.close();
  }
}

const COMMANDS = [
  ["status", {}],
  ["diff", { baseline: "boot" }],
  ["snapshot", { subvolumes: ["persist"], request: "over-the-relay" }],
  ["restore", { snapshot: "persist-20260101-000000", paths: ["/persist/data"], overwrite: true }],
  ["rollback", { subvolume: "services", snapshot: "services-20260101-000000" }],
] as const;
/** Until the host has seen that nobody is there any more. */
async function quiet() {
  const busy = () => host.run("inside", "sh", "-c", "pgrep -f 'sh -s (private|shared)' | wc -l").trim() !== "0";
  for (let tries = 0; tries < 200 && busy(); tries++) await new Promise((next) => setTimeout(next, 50));
  expect(busy()).toBe(false);
}
function reset() {
  top(
    `rm -rf persist/data*; mkdir persist/data; echo bad >persist/data/x
     for d in .nix-impermanence-rollbacks/*; do [ -d "$d" ] || continue; for s in other before; do [ ! -e "$d/$s" ] || btrfs -q subvolume delete "$d/$s"; done; rm -r "$d"; done
     echo bad >services/x; sync -f .`,
  );
}

it.each(COMMANDS)("a %s over a slow link does what it does over a fast one", async (name, options) => {
  relay.delay = 100;
  const found = await run(name, options);
  relay.delay = 0;
  expect(found.done ?? true, found.text).toBe(true);
  expect(found.text.length).toBeGreaterThan(20);
  reset();
});

describe("when the link breaks in the middle", () => {
  it.each(COMMANDS)(
    "a %s is whole, or an error that says so, and nothing stays on the host",
    async (name, options) => {
      relay.bytes = 0;
      await run(name, options);
      const all = relay.bytes;
      reset();
      const seen = new Set<string>();
      // The login is some 4 KiB; from there on at ever later moments.
      for (const share of [0.6, 0.8, 0.95]) {
        relay.bytes = 0;
        relay.breaksAfter = Math.floor(all * share);
        const own = name === "snapshot" ? { ...options, request: `broken-at-${share * 100}` } : options;
        const error = await run(name, own).then(
          () => undefined,
          (failed) => failed,
        );
        relay.breaksAfter = Number.POSITIVE_INFINITY;
        await quiet();
        if (error === undefined) continue;
        expect(error).toBeInstanceOf(TransportError);
        seen.add(error.code);
        if (error.code === "EINCOMPLETE")
          expect(error.message).toMatch(/in the middle of the answer \(\d+ records\)\. Nothing of it is shown/);
        if (/EINCOMPLETE/.test(error.code) && name === "snapshot" && /--request/.test(error.message))
          expect((await run(name, own)).done).toBe(true);
        expect(
          top("ls -A .impermanence-tmp 2>/dev/null || :; ls -A snapshots | grep '^[.]nix-impermanence-' || :"),
        ).toBe("");
        const data = top("cat services/x persist/data/x");
        expect(["bad\nbad\n", "good\nbad\n", "bad\ngood\n"], `${name} at ${share}`).toContain(data);
        if (name === "rollback")
          expect(await run("rollback", { repair: true }, host.configFile)).toMatchObject({ done: true });
        if (name === "restore") {
          await run("restore", { ...options, paths: ["/persist/etc/hostkey"] }, host.configFile);
          expect(top("ls -A persist | grep '^[.]' || :")).toBe("");
        }
        reset();
      }
      expect([...seen]).toContain("EINCOMPLETE");
    },
    60_000,
  );
});
