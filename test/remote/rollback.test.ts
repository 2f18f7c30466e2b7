import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { Plan } from "../../server/src/remote/remote-command.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import type { RollbackOptions, RollbackResult } from "../../server/src/remote/rollback/rollback-schema.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/services-20260101-000000";
const connections = new Connections();
let host: TestHost;
let plans: Plan[] = [];
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `btrfs -q subvolume create services; echo good >services/x; chown 1000:100 services/x
     btrfs -q subvolume snapshot -r services ${SNAPSHOT}; echo damaged >services/x; echo new >services/y`,
  );
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
  // What a NixOS host has, and this one does not: units that can be stopped.
  writeFileSync(
    join(host.folder, "systemctl"),
    `#!/bin/bash
case $1 in
  is-active) if [ -e "/run/units/\${!#}" ]; then echo active; else echo inactive; exit 3; fi ;;
  show) case \${!#} in caddy.service | stuck.service) echo loaded ;; *) echo not-found ;; esac ;;
  stop) [ "\${!#}" != stuck.service ] || { echo "cannot stop it" >&2; exit 1; }
    kill "$(cat "/run/units/\${!#}")"; while [ -e "/proc/$(cat "/run/units/\${!#}")/fd/0" ]; do sleep 0.02; done; rm "/run/units/\${!#}"; echo "stop \${!#}" >>/run/units.log ;;
  start) touch "/run/units/\${!#}"; echo "start \${!#} $(nsenter -t 1 -m cat /services/x)" >>/run/units.log ;;
esac
`,
  );
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});
beforeEach(() => {
  plans = [];
});
afterEach(() => host.run("inside", "sh", "-c", "rm -rf /run/units /run/units.log /run/wrappers/bin/systemctl"));

const inside = (script: string) => host.run("inside", "bash", "-c", script);
const disk = () => host.run("top", "cat services/x; ls services; btrfs subvolume list -u . | sed 's/ gen [0-9]*//'");

function rollback(options: Partial<RollbackOptions>, yes = true, user = "root"): Promise<RollbackResult> {
  const confirm = async (plan: Plan) => {
    plans.push(plan);
    return yes;
  };
  const session = openSession(`${user}@127.0.0.1`, { configFile: host.configFile, connections, confirm });
  return rollbackCommand.run("test", rollbackCommand.options.parse(options), session);
}

/** Something that holds a file open, as a unit or not. */
function holdOpen(unit?: string): void {
  const script = `mkdir -p /run/units; sleep 300 </services/x & echo $! >/run/held; ${unit ? `echo $! >/run/units/${unit}` : ":"}; disown`;
  spawn(
    join(process.cwd(), "test/remote/host.sh"),
    ["inside", host.folder, "bash", "-c", `${script}; exec sleep 300`],
    {
      stdio: "ignore",
    },
  ).unref();
  inside("while [ ! -s /run/held ]; do sleep 0.02; done");
}
const letGo = () =>
  inside("kill $(cat /run/held) 2>/dev/null; pkill -f '^sleep 300' ; rm -f /run/held; sleep 0.1; true");

describe("rollback", () => {
  it("shows a plan, and changes nothing before somebody said yes", async () => {
    const before = disk();
    expect(await rollback({ subvolume: "/services", snapshot: SNAPSHOT }, false)).toMatchObject({ done: false });
    expect(plans[0]?.lines.join("\n")).toContain("mounted anew: /services");
    expect(disk()).toBe(before);
  });

  it.each(["exchange", "renames"])("brings a mounted subvolume to a snapshot and back, by %s", async (how) => {
    if (how === "renames")
      inside("mkdir -p /run/wrappers/bin; cd /run/wrappers/bin; ln -sf /bin/false perl; ln -sf /bin/false python3");
    const done = await rollback({ subvolume: "/services", snapshot: "services-20260101-000000" }, true, "josh");
    expect(done.why).toBeUndefined();
    expect(done).toMatchObject({ done: true, did: "rolled-back", pending: [], notes: [] });
    expect(inside("cat /services/x; ls /services; stat -c %u /services/x; findmnt -no OPTIONS /services")).toMatch(
      /^good\nx\n1000\nrw,noatime,.*subvol=\/services$/m,
    );
    inside("echo after >/services/z");
    const id = done.id as string;
    expect(done.rollbacks).toMatchObject([{ id, path: "services", from: SNAPSHOT, state: "rolled-back", pending: [] }]);
    expect(await rollback({ undo: id })).toMatchObject({ done: true, did: "undone", rollbacks: [{ state: "undone" }] });
    expect(inside("cat /services/x; ls /services")).toBe("damaged\nx\ny\n");
    expect(await rollback({ undo: id })).toMatchObject({ did: "undone", rollbacks: [{ state: "rolled-back" }] });
    expect(inside("ls /services")).toBe("x\nz\n");
    expect(await rollback({ undo: id })).toMatchObject({ done: true });
    const gone = await rollback({ discard: id });
    expect(plans.at(-1)?.typed).toBe("services");
    expect(gone).toMatchObject({ done: true, did: "discarded", rollbacks: [] });
    expect(host.run("top", "ls -A; btrfs subvolume list . | wc -l")).not.toContain("rollbacks");
    inside("rm -rf /run/wrappers/bin");
  });

  it("names who uses it, and does nothing then", async () => {
    holdOpen();
    const before = disk();
    const busy = await rollback({ subvolume: "/services", snapshot: SNAPSHOT });
    expect(busy).toMatchObject({ done: false, usedBy: [{ name: "sleep" }] });
    expect(busy.why).toContain("it is in use by sleep (process ");
    expect(plans).toEqual([]);
    expect(disk()).toBe(before);
    letGo();
  });

  it("stops units and starts them again, also when somebody else still uses it", async () => {
    inside(
      `mkdir -p /run/wrappers/bin; base64 -d >/run/wrappers/bin/systemctl <<<${systemctl()}; chmod +x /run/wrappers/bin/systemctl`,
    );
    holdOpen("caddy.service");
    const before = disk();
    const unknown = await rollback({ subvolume: "/services", snapshot: SNAPSHOT, stop: ["none.service"] });
    expect(unknown.why).toBe("there is no unit none.service on the host");
    inside("mkdir -p /run/units; (cd /services; exec sleep 300 >/dev/null 2>&1) & disown");
    const busy = await rollback({ subvolume: "/services", snapshot: SNAPSHOT, stop: ["caddy.service"] });
    expect(busy.why).toMatch(/^\/services is in use by sleep \(process \d+\)/);
    expect(inside("cat /run/units.log")).toBe("stop caddy.service\nstart caddy.service damaged\n");
    expect(disk()).toBe(before);
    letGo();
    holdOpen("caddy.service");
    const done = await rollback({ subvolume: "/services", snapshot: SNAPSHOT, stop: ["caddy.service"] });
    expect(done).toMatchObject({ done: true, pending: [] });
    expect(inside("tail -n 1 /run/units.log")).toBe("start caddy.service good\n");
    expect(await rollback({ undo: done.id as string })).toMatchObject({ done: true });
    expect(await rollback({ discard: done.id as string })).toMatchObject({ done: true });
    letGo();
  });

  it("waits for the next boot when asked to, and says so until then", async () => {
    holdOpen();
    const done = await rollback({ subvolume: "/services", snapshot: SNAPSHOT, atNextBoot: true });
    expect(done).toMatchObject({ done: true, pending: ["/services"], rollbacks: [{ pending: ["/services"] }] });
    expect(inside("cat /services/x")).toBe("damaged\n");
    const early = await rollback({ discard: done.id as string });
    expect(early.why).toContain("still shows the old data");
    host.run("crash");
    expect(inside("cat /services/x")).toBe("good\n");
    expect((await rollback({})).rollbacks).toMatchObject([{ state: "rolled-back", pending: [] }]);
    expect(await rollback({ undo: done.id as string })).toMatchObject({ done: true });
    expect(await rollback({ discard: done.id as string })).toMatchObject({ done: true });
  });

  it("refuses what would not last, or lose something, and says what to do instead", async () => {
    const why = async (options: Partial<RollbackOptions>, user?: string) => (await rollback(options, true, user)).why;
    host.run(
      "top",
      "btrfs -q subvolume snapshot -r root snapshots/root-20260101-000000; btrfs -q subvolume snapshot -r persist snapshots/p",
    );
    const before = disk();
    expect(await why({ subvolume: "/", snapshot: "root-20260101-000000", atNextBoot: true })).toMatch(
      /the next boot throws this root away.*remote restore/,
    );
    expect(await why({ subvolume: "/services", snapshot: "p" })).toContain(
      "nothing shows that snapshots/p is a snapshot of services",
    );
    expect(await why({ subvolume: SNAPSHOT, snapshot: "p" })).toContain("is a snapshot itself");
    expect(await why({ subvolume: "/nix", snapshot: "p" })).toContain("older generation");
    expect(await why({ subvolume: "/services", snapshot: "none" })).toContain("there is no subvolume or snapshot none");
    expect(await why({ undo: "2020-none" })).toContain("there is no rollback 2020-none");
    expect(await why({ subvolume: "/services", snapshot: SNAPSHOT }, "nosudo")).toContain("sudo");
    inside("btrfs -q subvolume create /services/inner");
    expect(await why({ subvolume: "/services", snapshot: SNAPSHOT })).toContain(
      "subvolumes inside of it, which no snapshot holds: services/inner",
    );
    inside(
      "btrfs -q subvolume delete /services/inner; mkdir -p /bound; mount --bind /services /bound; umount /bound; mkdir /services/d; mount --bind /services/d /bound",
    );
    expect(await why({ subvolume: "/services", snapshot: SNAPSHOT })).toContain(
      "folders of it are mounted elsewhere (/bound)",
    );
    inside(
      "umount /bound; rmdir /services/d; echo UUID=x /services btrfs subvolid=$(btrfs inspect-internal rootid /services) 0 0 >/etc/fstab",
    );
    expect(await why({ subvolume: "/services", snapshot: SNAPSHOT })).toContain("mounts it by its number");
    inside("rm /etc/fstab");
    expect(disk()).toBe(before);
    expect(plans).toEqual([]);
    expect(() => rollbackCommand.options.parse({ subvolume: "a" })).toThrow("name a subvolume and a snapshot");
    expect(() => rollbackCommand.options.parse({ subvolume: "a", snapshot: "b", stop: ["-x"] })).toThrow("is a unit");
  });

  it("handles names exactly, whatever they hold", async () => {
    const name = 'it\'s "q" $(touch x),\n-rf\u202e';
    const quoted = `$'it\\'s "q" $(touch x),\\n-rf\\u202e'`;
    host.run(
      "top",
      `n=${quoted}; btrfs -q subvolume create "$n"; echo good >"$n/x"; btrfs -q subvolume snapshot -r "$n" "snapshots/$n"; echo bad >"$n/x"`,
    );
    const done = await rollback({ subvolume: name, snapshot: `snapshots/${name}` });
    expect(done.why).toBeUndefined();
    expect(host.run("top", `cat ${quoted}/x; ls x 2>&1 || :`)).toContain("good\n");
    expect(rollbackCommand.text(await rollback({}))).toContain("<U+000A>-rf<U+202E>");
    expect(await rollback({ discard: done.id as string })).toMatchObject({ done: true, rollbacks: [] });
  });
});

const systemctl = () => host.run("top", "base64 -w 0 <../systemctl").trim();
