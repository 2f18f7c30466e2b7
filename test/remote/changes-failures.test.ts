import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

/* What keeps a rollback or a restore from being done on a host whose disk is full, read-only, limited or lost. */

const connections = new Connections();
let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  top(
    `btrfs -q subvolume create services; echo good >services/x; mkdir persist/data; head -c 6000000 /dev/urandom >persist/data/big; echo good >persist/data/x
     for s in persist services; do btrfs -q subvolume snapshot -r $s snapshots/$s-20260101-000000; done; echo bad >services/x; rm persist/data/big; echo bad >persist/data/x; sync -f .`,
  );
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});

const top = (script: string) => host.run("top", script);
const inside = (script: string) => host.run("inside", "bash", "-euc", script);
/** All names, kinds and contents that a refused change must not change. */
const everything = () =>
  top(
    "btrfs subvolume list -u . | sed 's/ gen [0-9]*//'; ls -A . persist persist/data snapshots; cat services/x persist/data/x",
  );

async function run(
  name: string,
  options: object,
): Promise<{ done: boolean; why?: string; items?: { why?: string }[]; text: string }> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const session = openSession("root@127.0.0.1", {
    configFile: host.configFile,
    connections,
    confirm: async () => true,
  });
  const result = (await command.run("test", command.options.parse(options), session)) as {
    done: boolean;
    why?: string;
  };
  return { ...result, text: command.text(result) };
}
const CHANGES = [
  ["rollback", { subvolume: "services", snapshot: "services-20260101-000000" }],
  ["restore", { snapshot: "persist-20260101-000000", paths: ["/persist/data"], overwrite: true }],
] as const;

describe.each(CHANGES)("a %s is refused, and nothing changed,", (name, options) => {
  it("on a read-only filesystem", async () => {
    const before = everything();
    inside("for m in / /nix /persist /var/log /.snapshots; do mount -o remount,ro $m; done");
    const found = await run(name, options);
    const still = inside("grep -c ' - btrfs [^ ]* ro,' /proc/self/mountinfo").trim();
    inside("for m in / /nix /persist /var/log /.snapshots; do mount -o remount,rw $m; done");
    expect(found).toMatchObject({ done: false, text: expect.stringMatching(/read-only.*dmesg/s) });
    expect([still, everything()]).toEqual(["5", before]);
  });

  it("while another run is at work, which is named", async () => {
    const before = everything();
    inside(
      'echo "$(date +%s) anna gc" >/run/nix-impermanence.lock; (flock 9; exec sleep 4722) 9>>/run/nix-impermanence.lock >/dev/null 2>&1 & sleep 0.2',
    );
    const found = await run(name, options);
    inside("pkill -KILL -f '^sleep 4722'");
    expect(found).toMatchObject({
      done: false,
      why: expect.stringMatching(/another run is at work on the host \(gc by anna/),
    });
    expect(everything()).toBe(before);
  });

  it("where /run cannot be written", async () => {
    const before = everything();
    inside("rm -f /run/nix-impermanence.lock; mount -o remount,ro /run");
    const found = await run(name, options);
    inside("mount -o remount,rw /run");
    expect(found).toMatchObject({
      done: false,
      why: expect.stringContaining("/run/nix-impermanence.lock cannot be written"),
    });
    expect(everything()).toBe(before);
  });

  it.each([
    ["when the space ends", "No space left on device", /no space left/],
    ["when a quota is exceeded", "Disk quota exceeded", /quota of the filesystem is exceeded/],
    ["when the filesystem becomes read-only", "Read-only file system", /dmesg/],
    ["when the disk fails", "Input/output error", /Input\/output error/],
  ])("%s at any step", async (_, message, why) => {
    const before = everything();
    // Each command that changes something fails in turn, and all after it: a disk does not come back.
    for (let step = 1; ; step++) {
      inside(
        `mkdir -p /run/wrappers/bin; echo 0 >/run/count; cat >/run/wrappers/failing <<'END'
#!/bin/sh
name=\${0##*/}
case "$name $*" in
  "btrfs subvolume snapshot "* | "cp "* | "mkdir "*/.nix-impermanence*)
    count=$(($(cat /run/count) + 1)); echo $count >/run/count
    if [ $count -ge ${step} ]; then echo "ERROR: $name: ${message}" >&2; exit 1; fi ;;
esac
exec /usr/bin/$name "$@"
END
        chmod +x /run/wrappers/failing; for c in btrfs cp mkdir; do ln -sf ../failing /run/wrappers/bin/$c; done`,
      );
      const found = await run(name, options);
      inside("rm -r /run/wrappers/bin");
      if (Number(inside("cat /run/count")) < step) break;
      expect(found, `step ${step}`).toMatchObject({ done: false, text: expect.stringMatching(why) });
      expect(everything(), `step ${step}`).toBe(before);
      expect(step).toBeLessThan(10);
    }
    // The last one had nothing to fail at: taken back, for the next.
    top(
      `[ ! -d .nix-impermanence-rollbacks ] || { for d in .nix-impermanence-rollbacks/*; do btrfs -q subvolume delete $d/other $d/before; rm -r $d; done; rmdir .nix-impermanence-rollbacks; }
       btrfs -q subvolume delete services; btrfs -q subvolume snapshot snapshots/services-20260101-000000 services; rm -rf persist/data*; mkdir persist/data; echo bad >services/x; echo bad >persist/data/x; sync -f .`,
    );
  });
});

describe("a restore is refused, and nothing changed,", () => {
  const SMALL = { snapshot: "persist-20260101-000000", paths: ["/persist/data/big"] };

  it("where the place has too little space", async () => {
    inside("mkdir -p /srv/small; mount -t tmpfs -o size=1M none /srv/small; echo own >/srv/small/x");
    const found = await run("restore", { ...SMALL, to: "/srv/small" });
    const left = inside("ls -A /srv/small; df --output=used /srv/small | tail -n 1; umount /srv/small");
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("no space left") });
    expect(left.replace(/ +/g, " ")).toBe("x\n 4\n");
  });

  it("where a quota of the place is less than it needs", async () => {
    const before = everything();
    top(
      "btrfs quota enable .; btrfs subvolume create -i 1/0 x >/dev/null 2>&1 || btrfs -q subvolume create x; btrfs quota rescan -w . >/dev/null; btrfs qgroup limit 1M x; sync -f .",
    );
    inside(
      "mkdir -p /srv/limited; mount -o subvol=x \"$(findmnt -no SOURCE /persist | sed 's/\\[.*//')\" /srv/limited",
    );
    const found = await run("restore", { ...SMALL, to: "/srv/limited" });
    const left = inside("ls -A /srv/limited; umount /srv/limited");
    top("btrfs quota disable .; btrfs -q subvolume delete x");
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("quota") });
    expect(left).toBe("");
    expect(everything()).toBe(before);
  });
});

describe("when the disk is lost in the middle", () => {
  it.each(CHANGES)(
    "a %s says so, and the data is the old or the new, whole, when the disk is back",
    async (name, options) => {
      // Everything from the end of what was written is gone, as on a disk that was pulled out.
      inside(
        `mkdir -p /run/wrappers/bin; printf '#!/bin/sh\\ncase "$*" in *.nix-impermanence*) [ -e /run/lost ] || { touch /run/lost; while [ ! -e /run/gone ]; do sleep 0.05; done; } ;; esac\\nexec /usr/bin/${name === "restore" ? "cp" : "mv"} "$@"\\n' >/run/wrappers/bin/${name === "restore" ? "cp" : "mv"}; chmod +x /run/wrappers/bin/*`,
      );
      host.run("inside", "true");
      const running = run(name, options).then(
        ({ done, why }) => ({ done, why }),
        (error: Error) => ({ done: false, why: error.message }),
      );
      for (let tries = 0; tries < 400 && inside("ls /run").split("\n").includes("lost") === false; tries++)
        await new Promise((next) => setTimeout(next, 25));
      host.run("lose");
      inside("touch /run/gone");
      const found = await running;
      expect(found.done).toBe(false);
      expect(found.why).toMatch(/read-only|Input\/output|not known|whole|incomplete|middle|changed/i);
      host.run("find");
      const text = top("cat services/x persist/data/x");
      expect(["bad\nbad\n", "good\nbad\n", "bad\ngood\n"]).toContain(text);
      if (name === "rollback") expect(await run("rollback", { repair: true })).toMatchObject({ done: true });
      else await run("restore", { ...options, paths: ["/persist/etc/hostkey"] });
      expect(top("ls -A persist | grep restore- || :; cat services/x persist/data/x")).toMatch(
        /^(bad|good)\n(bad|good)\n$/,
      );
    },
  );
});
