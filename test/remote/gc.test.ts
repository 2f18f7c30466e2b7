import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { type GcResult, gcCommand } from "../../server/src/remote/gc/gc.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { Plan, RemoteSession } from "../../server/src/remote/remote-command.ts";
import { runCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

const DAY = 86_400;
/** How far ahead the clocks of both sides are set, so that what is made now is old. Kernels date snapshots themselves. */
const AHEAD = 3 * 3600;

let host: TestHost;
let plans: Plan[] = [];
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

const connections = new Connections();
afterAll(() => connections.close());

const session = (user = "josh", yes = true): RemoteSession =>
  openSession(`${user}@127.0.0.1`, {
    configFile: host.configFile,
    connections,
    confirm: async (plan) => {
      plans.push(plan);
      return yes;
    },
  });
const gc = (options: object = {}, conversation = session(), user = "josh"): Promise<GcResult> =>
  gcCommand.run(`${user}@127.0.0.1`, gcCommand.options.parse(options), conversation);
const inside = (script: string) => host.run("inside", "sh", "-c", script);
const top = (script: string) => host.run("top", script);
const state = () => top("btrfs subvolume list -pcuqR . | sed 's/ gen [0-9]*//'");
const names = (folder: string) => top(`ls -A ${folder}`).split("\n").filter(Boolean).sort();
const stamp = (secondsAgo: number) => {
  const [date = "", clock = ""] = new Date(Date.now() - secondsAgo * 1000)
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[-:]/g, "")
    .split("T");
  return `${date}-${clock}`;
};
/** Snapshots of one subvolume, the oldest first, with names that fit. */
function take(...hours: number[]): string[] {
  const made = hours.map((one) => `persist-${stamp(one * 3600)}`);
  top(made.map((name) => `btrfs -q subvolume snapshot -r persist snapshots/${name}`).join("; "));
  return made;
}
const words = ({ items }: GcResult) => items.map(({ path, action }) => `${action} ${path}`);

beforeEach(() => {
  plans = [];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + AHEAD * 1000 });
  inside(
    `mkdir -p /run/wrappers/bin; printf '#!/bin/sh\\nexec /usr/bin/date -d "+${AHEAD} seconds" "$@"\\n' >/run/wrappers/bin/date; chmod +x /run/wrappers/bin/date`,
  );
  top(
    `shopt -s dotglob nullglob
     for id in $(btrfs subvolume list . | awk '/ path (snapshots|old_roots)\\// { print $2 }' | sort -rn); do btrfs -q subvolume delete -i "$id" . ; done
     rm -rf snapshots/* old_roots/*`,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

describe("gc", () => {
  it("shows a plan with reasons and changes nothing, then deletes just that", async () => {
    const [oldest, middle, newest] = take(5, 4, 3.5) as [string, string, string];
    const before = state();
    const shown = await gc({ keep: "1 recent" });
    expect(words(shown)).toEqual([
      `keep snapshots/${newest}`,
      ...[`delete snapshots/${middle}`, `delete snapshots/${oldest}`],
      "skip root-blank",
    ]);
    expect(gcCommand.text(shown)).toMatch(
      new RegExp(`^delete, because the policy keeps the newest:\n  [\\d: -]{19}  snapshots/${middle}\n`, "m"),
    );
    expect(gcCommand.text(shown)).toContain("2 to delete. Nothing was deleted");
    expect([state(), plans]).toEqual([before, []]);

    const done = await gc({ keep: "1 recent", apply: true, plan: shown.plan });
    expect(done).toMatchObject({ done: true, applied: true });
    expect(plans[0]?.lines.map((line) => line.split(" ")[0])).toEqual([`snapshots/${middle}`, `snapshots/${oldest}`]);
    expect(names("snapshots")).toEqual([newest]);
    expect(words(await gc({ keep: "1 recent" }))).toEqual([`keep snapshots/${newest}`, "skip root-blank"]);
  });

  it("takes archived roots with the subvolumes inside of them", async () => {
    const [old, young] = [stamp(60 * DAY), stamp(2 * DAY)];
    top(`for r in root-${old} root-${young} 2026-08-1_10:11:12; do btrfs -q subvolume create old_roots/$r; done
      btrfs -q subvolume create old_roots/root-${old}/machines; btrfs -q subvolume create old_roots/root-${old}/machines/deep
      btrfs -q subvolume snapshot old_roots/root-${old}/machines old_roots/root-${old}/copy; mkdir old_roots/root-${young}/var; touch old_roots/root-${old}/machines/f`);
    const done = await gc({ keep: "30d", apply: true });
    expect(done).toMatchObject({ done: true, applied: true });
    expect(done.items.find(({ path }) => path.endsWith(old))?.inside).toEqual(
      expect.arrayContaining([
        `old_roots/root-${old}/machines/deep`,
        `old_roots/root-${old}/machines`,
        `old_roots/root-${old}/copy`,
      ]),
    );
    expect(names("old_roots")).toEqual(expect.arrayContaining([`root-${young}`]));
    expect(names("old_roots")).toHaveLength(2);
  });

  it("writes a line into the journal for each deletion", async () => {
    inside(
      `printf '#!/bin/sh\\nsed "s/^/$*: /" >>/run/journal\\n' >/run/wrappers/bin/logger; chmod +x /run/wrappers/bin/logger`,
    );
    const [oldest] = take(5, 4);
    const done = await gc({ keep: "1 recent", apply: true });
    const uuid = done.items.find(({ path }) => path === `snapshots/${oldest}`)?.uuid;
    expect(inside("cat /run/journal; rm /run/journal /run/wrappers/bin/logger")).toBe(
      `-t nix-impermanence -p authpriv.notice: verb=gc uuid=${uuid} path=snapshots/${oldest} user=josh\n`,
    );
  });

  it("deletes what does not fit into one batch, and says of each when it is on the disk", async () => {
    const hours = Array.from({ length: 120 }, (_, at) => 23 - at / 10);
    take(...hours);
    const done = await gc({ keep: "3 recent", apply: true });
    expect(done).toMatchObject({ done: true, applied: true });
    expect(done.items.filter(({ outcome }) => outcome === "deleted")).toHaveLength(117);
    expect(names("snapshots")).toHaveLength(3);
  });

  it("goes by the configuration's policy, and by none of its own", async () => {
    const job = {
      tool: "policy",
      name: "server.snapshotPolicy",
      policy: { newest: 2, youngerThanSeconds: 0, spans: [] },
    };
    const configured = (jobs: object[]) =>
      ({ ...session(), configured: { facts: { snapshotJobs: jobs } } }) as unknown as RemoteSession;
    take(6, 5, 4);
    const planned = await gc({}, configured([job]));
    expect(planned).toMatchObject({ done: true, policy: "the 2 newest", policyFrom: "configuration" });
    expect(planned.items.filter(({ action }) => action === "delete")).toHaveLength(1);
    const before = state();
    const other = { ...job, policy: { newest: 9, youngerThanSeconds: null, spans: [] } };
    for (const [conversation, why] of [
      [session(), /there is no policy: no configuration is known/],
      [configured([]), /no snapshotPolicy/],
      [configured([job, other]), /several policies/],
    ] as const)
      expect(await gc({ apply: true }, conversation)).toMatchObject({ done: false, why: expect.stringMatching(why) });
    expect(await gc({ keep: "0 recent", apply: true })).toMatchObject({ done: false });
    expect(await gc({ keep: "30", apply: true })).toMatchObject({ done: false, why: expect.stringContaining("unit") });
    expect(state()).toBe(before);
  });

  it("finishes or removes what a snapshot that was cut short left", async () => {
    top("btrfs -q subvolume snapshot -r persist snapshots/.nix-impermanence-lost-request-1");
    expect(words(await gc({ keep: "1 recent" }))).toContain("skip snapshots/.nix-impermanence-lost-request-1");
    await gc({ keep: "1 recent", apply: true });
    expect(names("snapshots")).toEqual([]);
  });

  it("deletes just what is meant, whatever other names say", async () => {
    const [oldest, newest] = take(5, 4) as [string, string];
    const id = top(`btrfs inspect-internal rootid snapshots/${newest}`).trim();
    // A line of its own in the list of subvolumes, about the newest snapshot.
    const forged = `persist/x\nID ${id} gen 9 cgen 9 parent 5 top level 5 parent_uuid - received_uuid - uuid - path persist-20200101-000000`;
    const odd = ['it\'s "q" $(touch executed)', "new\nline", "bidi\u202e"].map(
      (name) => `snapshots/${name}-${stamp(5 * 3600)}`,
    );
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    top(
      `${[forged, ...odd].map((name) => `btrfs -q subvolume snapshot -r persist ${quoted(name)}`).join("; ")}; btrfs -q subvolume snapshot -r persist ${quoted(odd[0]?.replace(/\d$/, "0") as string)} || :`,
    );
    const done = await gc({ keep: "1 recent", apply: true });
    expect(names("snapshots")).toContain(newest);
    expect(names("snapshots")).not.toContain(oldest);
    expect(done.notes.join(" ")).toContain("2 subvolumes have names that hold newlines");
    expect(gcCommand.text(done)).not.toContain("\u202e");
    expect(inside("find / -xdev -name executed")).toBe("");
    top(`btrfs -q subvolume delete ${quoted(forged)}`);
  });
});

describe("gc leaves, and says why,", () => {
  it("what is mounted, also where only some processes see it", async () => {
    const [first, second] = take(6, 5, 4) as [string, string, string];
    inside(
      `mkdir -p /run/a; mount -t btrfs -o subvol=/snapshots/${first} "$(findmnt -no SOURCE /persist | sed 's/\\[.*//')" /run/a`,
    );
    inside(
      `unshare -m sh -c 'mount -t btrfs -o subvol=/snapshots/${second} "$(findmnt -no SOURCE /persist | sed "s/\\[.*//")" /mnt 2>/dev/null || { mkdir -p /run/b; mount -t btrfs -o subvol=/snapshots/${second} "$(findmnt -no SOURCE /persist | sed "s/\\[.*//")" /run/b; }; exec sleep 4715' >/dev/null 2>&1 &`,
    );
    await vi.waitFor(() => expect(inside("cat /proc/[0-9]*/mountinfo")).toContain(second));
    const done = await gc({ keep: "1 recent", apply: true });
    inside("pkill -f '^sleep 4715'; umount /run/a");
    expect(words(done)).toEqual(expect.arrayContaining([`skip snapshots/${first}`, `skip snapshots/${second}`]));
    expect(names("snapshots")).toHaveLength(3);
  });

  it("what changed after the plan was made", async () => {
    const [first, second, third] = take(7, 6, 5, 4) as [string, string, string, string];
    const source = "$(findmnt -no SOURCE /persist | sed 's/\\[.*//')";
    const changing: RemoteSession = {
      ...session(),
      confirm: async () => {
        top(`btrfs property set -ts snapshots/${first} ro false`);
        inside(`mkdir -p /run/a; mount -t btrfs -o subvol=/snapshots/${second} "${source}" /run/a`);
        return true;
      },
    };
    const done = await gc({ keep: "1 recent", apply: true }, changing);
    inside("umount /run/a");
    expect(done).toMatchObject({ done: false, applied: true, why: "2 of 3 were left" });
    const left = (name: string) => done.items.find(({ path }) => path === `snapshots/${name}`)?.left;
    expect([left(first), left(second), left(third)]).toEqual([
      "it is not any more what the plan saw",
      "it is mounted now",
      undefined,
    ]);
    expect(names("snapshots")).toHaveLength(3);
  });

  it("all, where the host does not show what is mounted", async () => {
    take(6, 5);
    const before = state();
    const blind = `#!/bin/sh\ncase $* in *mountinfo*mountinfo*) exit 1 ;; esac\nexec /usr/bin/cat "$@"\n`;
    inside(`printf '%s' '${blind}' >/run/wrappers/bin/cat; chmod +x /run/wrappers/bin/cat`);
    const refused = await gc({ keep: "1 recent", apply: true });
    inside("rm /run/wrappers/bin/cat");
    expect(refused).toMatchObject({ done: false, why: "1 of 1 were left" });
    expect(gcCommand.text(refused)).toContain("what is mounted is not shown");
    expect(state()).toBe(before);
  });

  it("what is being sent", async () => {
    inside("head -c 3000000 /dev/urandom >/persist/data; sync");
    const [first] = take(5, 4);
    inside(`btrfs send /.snapshots/${first} 2>/dev/null | sleep 4717 >/dev/null 2>&1 &`);
    await vi.waitFor(() => expect(inside("pgrep -f '^btrfs send' || :")).not.toBe(""));
    const done = await gc({ keep: "1 recent", apply: true });
    inside("pkill -f '^sleep 4717'; rm /persist/data");
    expect(done).toMatchObject({ done: false, applied: true, why: "1 of 1 were left" });
    expect(done.items.find(({ outcome }) => outcome === "left")?.left).toContain("in use by a send");
    expect(names("snapshots")).toHaveLength(2);
  });

  it("an archived root when what is inside of it cannot be deleted", async () => {
    const name = `root-${stamp(60 * DAY)}`;
    top(
      `btrfs -q subvolume create old_roots/${name}; btrfs -q subvolume create old_roots/${name}/a; btrfs -q subvolume create old_roots/root-${stamp(DAY)}`,
    );
    const changing: RemoteSession = {
      ...session(),
      confirm: async () => {
        inside(
          `mkdir -p /run/a; mount -t btrfs -o subvol=/old_roots/${name}/a "$(findmnt -no SOURCE /persist | sed 's/\\[.*//')" /run/a`,
        );
        return true;
      },
    };
    const done = await gc({ keep: "30d", apply: true }, changing);
    inside("umount /run/a");
    expect(done.items.find(({ path }) => path.endsWith(name))).toMatchObject({
      outcome: "left",
      left: `old_roots/${name}/a: it is mounted now`,
    });
    expect(names("old_roots")).toHaveLength(2);
  });
});

describe("gc is refused, and nothing changed,", () => {
  it("when the plan is old", async () => {
    take(6, 5);
    const { plan } = await gc({ keep: "1 recent" });
    take(4);
    const before = state();
    expect(await gc({ keep: "1 recent", apply: true, plan })).toMatchObject({
      done: false,
      why: expect.stringContaining("plan is old"),
    });
    expect(state()).toBe(before);
  });

  it("when nobody says yes", async () => {
    take(6, 5);
    const before = state();
    expect(await gc({ keep: "1 recent", apply: true }, session("josh", false))).toMatchObject({
      done: false,
      applied: false,
    });
    expect(state()).toBe(before);
  });

  it("when the clocks differ", async () => {
    take(6, 5);
    const before = state();
    const now = Date.now();
    for (const [seconds, words] of [
      [-400, "7 min ahead of"],
      [10 * 31_556_952, "10 years behind"],
      [-40 * 31_556_952, "40 years ahead of"],
    ] as const) {
      vi.setSystemTime(now + seconds * 1000);
      const refused = await gc({ keep: "1 recent", apply: true });
      expect(refused).toMatchObject({
        done: false,
        why: expect.stringContaining(`clock of the host is ${words} this`),
      });
      expect(state()).toBe(before);
    }
  });

  it("without sudo", async () => {
    take(6, 5);
    const before = state();
    await expect(gc({ keep: "1 recent", apply: true }, session("nosudo"), "nosudo")).rejects.toThrow(/sudo/);
    expect(state()).toBe(before);
  });

  it("while another run is at work", async () => {
    take(6, 5);
    inside(
      'echo "$(date +%s) anna snapshot" >/run/nix-impermanence.lock; (flock 9; exec sleep 4716) 9>>/run/nix-impermanence.lock >/dev/null 2>&1 &',
    );
    const refused = await gc({ keep: "1 recent", apply: true });
    inside("pkill -f '^sleep 4716'");
    expect(refused).toMatchObject({ done: false, why: expect.stringContaining("snapshot by anna") });
    expect(names("snapshots")).toHaveLength(2);
  });

  it("on a read-only filesystem", async () => {
    take(6, 5);
    inside("for m in / /nix /persist /var/log /.snapshots; do mount -o remount,ro $m; done");
    const done = await gc({ keep: "1 recent", apply: true });
    // Looking must not make it writable either.
    expect(inside("grep -c ' - btrfs [^ ]* ro,' /proc/self/mountinfo").trim()).toBe("5");
    inside("for m in / /nix /persist /var/log /.snapshots; do mount -o remount,rw $m; done");
    expect(done).toMatchObject({ done: false });
    expect(gcCommand.text(done)).toContain("read-only");
    expect(names("snapshots")).toHaveLength(2);
  });
});

it("the command line shows the plan, asks, and deletes with --yes", () => {
  vi.useRealTimers();
  inside("rm /run/wrappers/bin/date");
  const [old, young] = [stamp(60 * DAY), stamp(2 * DAY)];
  top(`btrfs -q subvolume create old_roots/root-${old}; btrfs -q subvolume create old_roots/root-${young}`);
  const run = (...args: string[]) =>
    runCli(["remote", "gc", "josh@127.0.0.1", "--keep", "30d", ...args, "--ssh-config", host.configFile]);
  expect(run()).toMatchObject({ code: 0, stdout: expect.stringContaining("1 to delete. Nothing was deleted") });
  expect(run("--apply")).toMatchObject({ code: 2, stderr: expect.stringContaining(`old_roots/root-${old}`) });
  expect(names("old_roots")).toHaveLength(2);
  expect(run("--apply", "--yes")).toMatchObject({ code: 0, stdout: expect.stringContaining("Deleted 1.") });
  expect(names("old_roots")).toEqual([`root-${young}`]);
});
