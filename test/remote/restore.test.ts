import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { Plan } from "../../server/src/remote/remote-command.ts";
import { restoreCommand } from "../../server/src/remote/restore/restore.ts";
import type { RestoreOptions } from "../../server/src/remote/restore/restore-schema.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/persist-20260101-000000";
/** Names that a shell, a terminal or a line-wise reader would trip over. */
const STRANGE = ['it\'s "q" $(touch executed)', "-rf", "new\nline", "end\n", "bidi\u202e", "*", "back\\slash", " "];

let host: TestHost;
let plans: Plan[] = [];
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `mkdir -p persist/data/deep persist/own persist/strange persist/store; cd persist
     echo one >data/a; ln data/a data/linked; ln data/a own/linked; ln -s /etc/passwd data/link; echo deep >data/deep/x
     chown 1000:100 data/deep/x; chmod 640 data/deep/x; chmod 2711 data/deep; mkfifo data/pipe
     python3 -c 'import os; os.setxattr("data/a", "user.note", b"kept")'
     head -c 3000000 /dev/urandom >data/big; echo in >store/file; mkdir store/mounted; echo new >store/mounted/x
     ln -s /etc elsewhere; mkdir real; echo r >real/x; ln -s real indirect
     cd strange; python3 -c '
import os, sys
for name in ${JSON.stringify(STRANGE).replaceAll("'", "\\x27")} + [b"bad\\xff"]: open(name, "wb").write(b"x")'
     cd ../..; btrfs -q subvolume snapshot -r persist ${SNAPSHOT}
     rm -rf persist/data persist/own persist/strange persist/store persist/indirect persist/elsewhere`,
  );
}, 60_000);
const connections = new Connections();
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});
beforeEach(() => {
  plans = [];
});

const inside = (script: string) => host.run("inside", "bash", "-c", script);
const everything = () =>
  inside(
    "find / /persist /nix -xdev -path /proc -prune -o -printf '%p %y %i %s %T@ %l\\n' | sort | grep -v '^/tmp\\|^/root'",
  );

function restore(options: Partial<RestoreOptions>, yes = true, user = "josh") {
  const confirm = async (plan: Plan) => {
    plans.push(plan);
    return yes;
  };
  const session = openSession(`${user}@127.0.0.1`, { configFile: host.configFile, confirm, connections });
  const all = restoreCommand.options.parse({ snapshot: SNAPSHOT, ...options });
  return restoreCommand.run("test", all, session);
}

describe("restore", () => {
  it("shows a plan and changes nothing before somebody said yes", async () => {
    const before = everything();
    const found = await restore({ paths: ["/persist/data"] }, false);
    expect(found).toMatchObject({ done: false, base: "/persist", why: expect.stringContaining("nobody said yes") });
    expect(plans.at(-1)?.title).toBe(`Restore 1 path on test from ${SNAPSHOT}?`);
    expect(plans.at(-1)?.lines).toEqual([expect.stringMatching(/^restore \/persist\/data \(folder, 2\.9 MiB\)$/)]);
    expect(everything()).toBe(before);
  });

  it("puts folders back with owners, modes, links, attributes, hard links and shared blocks", async () => {
    const found = await restore({ paths: ["/persist/data", "/persist/own/linked", "/persist/data/a"] });
    expect(found.why).toBeUndefined();
    expect(found.items.map(({ path, restored }) => [path, restored])).toEqual([
      ["/persist/data", true],
      ["/persist/own/linked", true],
    ]);
    const look = "find data own -printf '%y %m %U %G %s %T@ %n %l %p\\n' | sort -k8";
    expect(inside(`cd /persist && ${look}`)).toBe(inside(`cd /.snapshots/persist-20260101-000000 && ${look}`));
    const inodes = inside("stat -c %i /persist/data/a /persist/data/linked /persist/own/linked | sort -u | wc -l");
    expect(inodes.trim()).toBe("1");
    expect(inside(`python3 -c 'import os; print(os.getxattr("/persist/data/a", "user.note"))'`)).toContain("kept");
    expect(inside("ls -A /persist")).toBe("data\netc\nown\nreal\n");
    const shared = "btrfs filesystem du --raw -s /persist/data/big | tail -n 1";
    expect(inside(shared).trim().split(/ +/)[1]).toBe("0");
  });

  it("never replaces newer or other content by itself", async () => {
    // Newer by a microsecond: both may have been written within one second.
    inside(`echo newer >/persist/data/a; python3 -c 'import os
at = os.stat("/.snapshots/persist-20260101-000000/data/a").st_mtime_ns + 1000
os.utime("/persist/data/a", ns=(at, at))'
      echo other >/persist/data/deep/x; touch -d 2000-01-01 /persist/data/deep/x`);
    const before = everything();
    const found = await restore({ paths: ["/persist/data/a", "/persist/data/deep/x", "/persist/data/big"] });
    expect(found.items.map(({ state, action }) => [state, action])).toEqual([
      ["newer", "leave"],
      ["differs", "leave"],
      ["same", "leave"],
    ]);
    expect(found.why).toBe("nothing can be restored");
    expect(plans).toEqual([]);
    expect(everything()).toBe(before);
  });

  it.each(["exchange", "renames"])("keeps what it replaces beside, by %s", async (how) => {
    if (how === "renames")
      inside(
        "mkdir -p /run/current-system/sw/bin; cd /run/current-system/sw/bin; ln -sf /bin/false perl; ln -sf /bin/false python3",
      );
    inside("echo newer >/persist/data/deep/x; echo own >/persist/data/deep/mine");
    const found = await restore({ paths: ["/persist/data/deep"], overwrite: true });
    expect(found).toMatchObject({ done: true, items: [{ action: "replace", restored: true }] });
    const kept = found.items[0]?.kept as string;
    expect(kept).toMatch(/^\/persist\/data\/deep\.before-restore-\d{8}-\d{6}(\.1)?$/);
    expect(inside(`cat /persist/data/deep/x; ls /persist/data/deep; cat ${kept}/x ${kept}/mine`)).toBe(
      "deep\nx\nnewer\nown\n",
    );
    inside(`rm -r ${kept} /run/current-system/sw/bin 2>/dev/null || :`);
    expect(inside("ls -A /persist")).toBe("data\netc\nown\nreal\n");
  });

  it("takes a path that is bound from the store for what it is there, and says what a bind mount goes on showing", async () => {
    inside("mkdir -p /var/lib/bound; mount --bind /persist/data/deep /var/lib/bound; echo newer >/var/lib/bound/x");
    const whole = await restore({ paths: ["/persist/data/deep"], overwrite: true }, false);
    expect(whole.notes).toEqual([
      expect.stringMatching(/^\/var\/lib\/bound shows what is at \/persist\/data\/deep now/),
    ]);
    expect(plans.at(-1)?.lines).toContain(whole.notes[0]);
    const bound = await restore({ paths: ["/var/lib/bound"], overwrite: true });
    expect(bound).toMatchObject({ done: true, items: [{ path: "/var/lib/bound/x", from: "data/deep/x" }] });
    expect(inside("cat /var/lib/bound/x /persist/data/deep/x")).toBe("deep\ndeep\n");
    inside("umount /var/lib/bound; rmdir /var/lib/bound; rm /persist/data/deep/x.before*");
  });

  it("finds a subvolume that is mounted only as a part of another one", async () => {
    inside("btrfs -q subvolume create /persist/inner; echo good >/persist/inner/x");
    inside("btrfs -q subvolume snapshot -r /persist/inner /.snapshots/inner-20260101-000000; rm /persist/inner/x");
    const found = await restore({ snapshot: "inner-20260101-000000", paths: ["/persist/inner/x"] });
    expect(found).toMatchObject({ done: true, base: "/persist/inner" });
    inside("btrfs -q subvolume delete /persist/inner /.snapshots/inner-20260101-000000");
  });

  it("says what is in the way of what cannot be kept beside, and leaves that as it is", async () => {
    const long = "n".repeat(250);
    inside(`cd /persist/data; btrfs -q property set -ts /.snapshots/persist-20260101-000000 ro false
      echo old >/.snapshots/persist-20260101-000000/data/${long}; btrfs -q property set -ts /.snapshots/persist-20260101-000000 ro true
      echo new >${long}; echo new >deep/x; chattr +i deep/x`);
    const found = await restore({ paths: ["/persist/data/deep/x", `/persist/data/${long}`], overwrite: true });
    expect(inside(`cd /persist; chattr -i data/deep/x; cat data/deep/x data/${long}; ls -A`)).toBe(
      "new\nnew\ndata\netc\nown\nreal\n",
    );
    expect(found.done).toBe(false);
    expect(found.items.map(({ why }) => why)).toEqual([
      expect.stringMatching(/may be immutable.* chattr -i/),
      expect.stringMatching(/name is too long .* move that away first$/),
    ]);
  });

  it("handles names exactly, whatever they hold", async () => {
    const found = await restore({
      paths: STRANGE.map((name) => `/persist/strange/${name}`),
      pathBytes: [Buffer.from("/persist/strange/bad\xff", "latin1").toString("base64")],
    });
    expect(found.why).toBeUndefined();
    expect(found.done).toBe(true);
    const names = (folder: string) => inside(`cd ${folder} && find . -print0 | sort -z | od -c`);
    expect(names("/persist/strange")).toBe(names("/.snapshots/persist-20260101-000000/strange"));
    // As the rows of a diff name them.
    inside("rm /persist/strange/bad*");
    const pathBytes = [Buffer.from("/strange/bad\xff", "latin1").toString("base64")];
    expect(await restore({ pathBytes, fromTop: true })).toMatchObject({ done: true, items: [{ restored: true }] });
    expect(names("/persist/strange")).toBe(names("/.snapshots/persist-20260101-000000/strange"));
    expect(inside("ls -A /tmp; ls / | grep executed || :")).toBe("");
    const text = restoreCommand.text(found);
    expect(text).toContain("/persist/strange/new<U+000A>line\n");
    expect(text).not.toContain("\u202e");
  });

  it("goes through no link in the snapshot, and says where links of the host lead", async () => {
    const found = await restore({ paths: ["/persist/elsewhere/hostname", "/persist/indirect/x"] });
    expect(found.items).toMatchObject([
      { action: "cannot", state: "source-linked", why: expect.stringContaining("is a link to /etc; name") },
      { action: "cannot", state: "source-linked", why: expect.stringContaining("is a link") },
    ]);
    inside("ln -s /persist/real /persist/way; rm /persist/real/x");
    const through = await restore({ snapshot: SNAPSHOT, paths: ["/persist/real/x"], to: "/persist/way" });
    expect(through.why).toBeUndefined();
    expect(through.items[0]?.path).toBe("/persist/real/real/x");
    expect(through.notes[0]).toContain("because a folder on the way is a link");
    inside("rm -r /persist/way /persist/real/real");
  });

  it("restores what is in a folder one by one where something is mounted in it", async () => {
    inside("mkdir -p /persist/store/mounted /var/lib/other; mount --bind /var/lib/other /persist/store/mounted");
    const found = await restore({ paths: ["/persist/store"] });
    expect(found.done).toBe(true);
    expect(found.items.map(({ path }) => path)).toEqual(["/persist/store/file", "/persist/store/mounted/x"]);
    expect(inside("cat /var/lib/other/x; umount /persist/store/mounted; ls -A /var/lib/other")).toBe("new\nx\n");
  });

  it("asks for the folder that a snapshot is of when nothing says it", async () => {
    host.run("top", "btrfs -q subvolume create snapshots/alone; echo x >snapshots/alone/file");
    const found = await restore({ snapshot: "snapshots/alone", paths: ["/file"], fromTop: true });
    expect(found).toMatchObject({ done: false, candidates: [], why: expect.stringContaining("--base") });
    const based = await restore({ snapshot: "snapshots/alone", paths: ["/file"], fromTop: true, base: "/persist" });
    expect(based).toMatchObject({ done: true, items: [{ path: "/persist/file", restored: true }] });
    inside("rm /persist/file");
  });

  it("refuses what cannot be meant", async () => {
    const why = async (options: Partial<RestoreOptions>, user?: string) => (await restore(options, true, user)).why;
    expect(await why({ paths: ["data"] })).toContain("no absolute path");
    expect(await why({ paths: ["/persist/../etc"] })).toContain("holds . or ..");
    expect(await why({ paths: ["/etc/passwd"] })).toContain("is not in the snapshot, which is of what is at /persist");
    expect(await why({ paths: ["/persist"] })).toContain("rollback");
    expect(await why({ snapshot: "none", paths: ["/persist/a"] })).toContain("no subvolume or snapshot none");
    expect(await why({ paths: ["/persist/a"] }, "nosudo")).toContain("sudo");
    expect((await restore({ paths: ["/persist/nowhere"] })).items[0]?.why).toBe("the snapshot does not have it");
    expect((await restore({ paths: ["/persist/data"], to: "/tmp" })).items[0]?.why).toContain(
      "nothing is restored into /tmp",
    );
    expect(await why({ paths: ["/persist/data"], to: "/nowhere/deep" })).toContain("there is no folder /nowhere/deep");
    expect(plans.at(-1)?.lines.at(-1)).toContain("restore /nowhere/deep/data");
  });

  it("brings paths back from an archived root, onto the running one or into a store", async () => {
    inside("mkdir -p /var/lib/lost; echo precious >/var/lib/lost/x; chmod 700 /var/lib/lost");
    host.run("reboot");
    const archive = host.run("top", "ls old_roots").trim();
    const found = await restore({ snapshot: archive, paths: ["/var/lib/lost"] });
    expect(found).toMatchObject({ done: true, base: "/", snapshot: `old_roots/${archive}` });
    expect((await restore({ snapshot: archive, paths: ["/var/lib/lost"], to: "/persist" })).done).toBe(true);
    expect(inside("cat /var/lib/lost/x /persist/var/lib/lost/x; stat -c %a /persist/var/lib/lost")).toBe(
      "precious\nprecious\n700\n",
    );
  });
});
