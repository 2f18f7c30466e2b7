import { afterAll, beforeAll, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  top("btrfs -q subvolume create services; echo good >services/x; mkdir persist/data; echo x >persist/data/x");
}, 60_000);
afterAll(() => host?.run("destroy"));

const top = (script: string) => host.run("top", script);
const SNAPSHOT = "snapshots/services-20200202-000000";
/** What both find; the roots are old. */
function prepare() {
  top(
    `shopt -s nullglob; for s in snapshots/* old_roots/* snapshots/.nix-impermanence-*; do btrfs -q subvolume delete $s; done
     for d in .nix-impermanence-rollbacks/*; do for s in other before; do btrfs -q subvolume delete "$d/$s"; done; rm -r "$d"; done
     echo good >services/x; btrfs -q subvolume snapshot -r services ${SNAPSHOT}; echo bad >services/x
     for y in 2020 2021 2022; do btrfs -q subvolume create old_roots/root-$y"0101-000000"; done; sync -f .`,
  );
}

interface Answer {
  readonly done: boolean;
  readonly text: string;
}
/** Runs a command as a client of its own. Waits at the question until `meets`, so that both have seen the same. */
async function run(name: string, options: object, meets: () => Promise<void>): Promise<Answer> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const confirm = async () => {
    await meets();
    return true;
  };
  const session = openSession("root@127.0.0.1", { configFile: host.configFile, confirm });
  try {
    const result = (await command.run("test", command.options.parse(options), session)) as { done: boolean };
    return { done: result.done, text: command.text(result) };
  } finally {
    await session.close();
  }
}

const GC = ["gc", { keep: "30d", apply: true }] as const;
const ROLLBACK = ["rollback", { subvolume: "services", snapshot: SNAPSHOT }] as const;
const SET = ["snapshot", { subvolumes: ["persist", "services"] }] as const;
const RESTORE = ["restore", { snapshot: SNAPSHOT, base: "/persist", paths: ["/persist/x"], overwrite: true }] as const;
const BUSY = /another run is at work|LEFT, because it is not there any more|is not any more what it was|changed/;

it.each([
  [GC, GC],
  [GC, ROLLBACK],
  [SET, ROLLBACK],
  [ROLLBACK, ROLLBACK],
  [SET, SET],
  [RESTORE, GC],
] as const)("%j and %j at the same time do all or nothing each, and say which", async (...both) => {
  prepare();
  let waiting = both.filter(([name]) => name !== "snapshot").length;
  const all: (() => void)[] = [];
  const meets = () =>
    new Promise<void>((go) => {
      all.push(go);
      if (--waiting === 0) for (const one of all) one();
    });
  const answers = await Promise.all(both.map(([name, options]) => run(name, options, meets)));
  for (const { done, text } of answers) if (!done) expect(text).toMatch(BUSY);
  expect(answers.some(({ done }) => done)).toBe(true);
  const did = (name: string) => answers.filter(({ done }, at) => done && both[at]?.[0] === name).length;
  const names = top("ls -A snapshots old_roots .nix-impermanence-rollbacks 2>/dev/null || :; cat services/x");
  // What was asked for is there as often as it was done, and nothing half.
  if (both.some(([name]) => name === "gc")) expect(names.includes("root-20200101")).toBe(did("gc") === 0);
  expect(names).toContain("root-20220101-000000");
  expect(names.match(/^persist-\d{8}-\d{6}(\.\d)?$/gm) ?? []).toHaveLength(did("snapshot"));
  expect(names.match(/^services-2026\d{4}-\d{6}(\.\d)?$/gm) ?? []).toHaveLength(did("snapshot"));
  expect(names.match(/^\d{8}-\d{6}-\w{8}$/gm) ?? []).toHaveLength(did("rollback"));
  expect(names.endsWith(did("rollback") > 0 ? "good\n" : "bad\n")).toBe(true);
  expect(names).not.toMatch(/\.nix-impermanence-\S+-\d/);
});
