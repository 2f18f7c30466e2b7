import { describe, expect, it } from "vitest";
import { Unknown } from "../eval/value.ts";
import { fakeConfig, perhaps, unknown } from "../testing/fake-config.ts";
import { buildHost } from "./build-host.ts";

function host(config: Record<string, unknown>, more: { release?: string; opaque?: { known: boolean }[] } = {}) {
  return buildHost({
    name: "h",
    entry: "/flake.nix",
    root: fakeConfig(config),
    release: more.release ?? "25.05",
    files: [],
    problems: [],
    opaque: (more.opaque ?? []).map(({ known }) => ({
      name: "./x.nix",
      why: "it does not exist",
      place: undefined,
      known,
    })),
  });
}
const root = (subvolume = "root", device = "/dev/vda2") => ({
  "/": { device, fsType: "btrfs", options: [`subvol=${subvolume}`] },
});
const body = `
  mkdir -p /btrfs_tmp
  mount /dev/vda2 /btrfs_tmp
  if [[ -e /btrfs_tmp/root ]]; then
    timestamp=$(date --date="@$(stat -c %Y /btrfs_tmp/root)" "+%Y-%m-%-d")
    mv /btrfs_tmp/root "/btrfs_tmp/old_roots/$timestamp"
  fi
  delete_subvolume_recursively() {
    IFS=$'\\n'
    for i in $(btrfs subvolume list -o "$1" | cut -f 9- -d ' '); do
      delete_subvolume_recursively "/btrfs_tmp/$i"
    done
    btrfs subvolume delete "$1"
  }
  btrfs subvolume create /btrfs_tmp/root
  umount /btrfs_tmp
`;
const unit = (script: unknown, more: Record<string, unknown> = {}) => ({
  boot: {
    initrd: {
      systemd: {
        enable: true,
        services: { rollback: { wantedBy: ["initrd.target"], before: ["sysroot.mount"], script, ...more } },
      },
    },
  },
});
const hook = (script: unknown) => ({ boot: { initrd: { postResumeCommands: script } } });
const kind = (config: Record<string, unknown>, more?: Parameters<typeof host>[1]) => {
  const { ephemeralRoot } = host(config, more);
  return ephemeralRoot.kind === "unknown" ? `unknown: ${ephemeralRoot.why}` : ephemeralRoot.kind;
};

describe("ephemeralRoot", () => {
  it("finds a tmpfs", () => {
    expect(kind({ fileSystems: { "/": { device: "none", fsType: "tmpfs" } } })).toBe("tmpfs");
    expect(kind({ disko: { devices: { nodev: { "/": { fsType: "tmpfs" } } } } })).toBe("tmpfs");
    expect(kind({ fileSystems: { "/": perhaps({ device: "none", fsType: "tmpfs" }, "config.x is not known") } })).toBe(
      "unknown: config.x is not known",
    );
  });

  it("finds the common scripts in both kinds of initrd", () => {
    const { ephemeralRoot, rollbacks } = host({ fileSystems: root(), ...hook(body) });
    expect(ephemeralRoot.kind).toBe("rollback");
    expect(rollbacks[0]).toMatchObject({
      technique: "btrfs",
      wipes: ["root"],
      stage: "initrd-scripted",
      runs: { answer: "yes" },
      wipesRoot: { answer: "yes" },
      device: { known: true, value: "/dev/vda2" },
    });
    expect(kind({ fileSystems: root(), ...unit(body) })).toBe("rollback");
    const blank =
      "mount -o subvol=/ /dev/vda2 /mnt\nbtrfs subvolume delete /mnt/root\nbtrfs subvolume snapshot /mnt/root-blank /mnt/root";
    expect(kind({ fileSystems: root(), ...unit(blank) })).toBe("rollback");
    const bcachefs = { "/": { device: "/dev/sda", fsType: "bcachefs", options: ["X-mount.subdir=@root"] } };
    expect(
      kind({
        fileSystems: bcachefs,
        ...unit("mount /dev/sda /m\nbcachefs subvolume delete /m/@root\nbcachefs subvolume create /m/@root"),
      }),
    ).toBe("rollback");
    const zfs = { "/": { device: "rpool/local/root", fsType: "zfs" } };
    expect(kind({ fileSystems: zfs, ...hook("zfs rollback -r rpool/local/root@blank") })).toBe("rollback");
    expect(kind({ fileSystems: zfs, ...hook("zfs rollback -r rpool/local/home@blank") })).toBe("none");
  });

  it("compares what is wiped with what is mounted", () => {
    expect(kind({ fileSystems: root("@root"), ...unit(body) })).toBe("none");
    expect(host({ fileSystems: root("@root"), ...unit(body) }).rollbacks[0]?.wipesRoot.answer).toBe("no");
    const two = { ...root("root", "/dev/vda1"), "/data": { device: "/dev/vda2", fsType: "btrfs" } };
    expect(kind({ fileSystems: two, ...unit(body) })).toBe("none");
    const alias = { ...root("root", "/dev/disk/by-label/nixos"), "/data": { device: "/dev/vdb", fsType: "btrfs" } };
    expect(kind({ fileSystems: alias, ...unit(body) })).toContain("unknown: whether /dev/vda2");
    expect(kind({ fileSystems: root("root", "/dev/disk/by-label/nixos"), ...unit(body) })).toBe("rollback");
  });

  it("knows which scripts do not run", () => {
    const stage2 = {
      systemd: { services: { setup: { wantedBy: ["initrd.target"], before: ["sysroot.mount"], script: body } } },
    };
    const found = host({ fileSystems: root(), ...stage2 });
    expect(found.ephemeralRoot.kind).toBe("none");
    expect(found.rollbacks[0]).toMatchObject({ stage: "stage-2", runs: { answer: "no" } });
    expect(found.isImpermanent).toBe(true);
    expect(found.fateOf("/var/lib/x").survives.answer).toBe("yes");
    expect(found.fateAsMeant("/var/lib/x").survives.answer).toBe("no");
    const hopeless = "btrfs subvolume delete / || true\nbtrfs subvolume create /root";
    const attempt = host({
      fileSystems: root(),
      systemd: { services: { setup: { before: ["sysroot.mount"], script: hopeless } } },
    });
    expect(attempt.rollbacks[0]).toMatchObject({ wipes: ["root"], method: undefined, runs: { answer: "no" } });
    expect(attempt.fateAsMeant("/var/lib/x").survives.answer).toBe("no");
    const cleanup = {
      systemd: { services: { gc: { script: "btrfs subvolume delete /snaps/old\nbtrfs subvolume create /snaps/new" } } },
    };
    expect(host({ fileSystems: root(), ...cleanup }).rollbacks).toEqual([]);
    const off = unit(body);
    off.boot.initrd.systemd.enable = false;
    expect(kind({ fileSystems: root(), ...off })).toBe("none");
    expect(kind({ fileSystems: root(), ...unit(body, { enable: false }) })).toBe("none");
    expect(kind({ fileSystems: root(), ...unit(body, { wantedBy: [] }) })).toContain(
      "unknown: nothing is seen to start",
    );
    expect(kind({ fileSystems: root(), ...unit(body, { before: [] }) })).toContain("before the mount of the root");
    // By bootup(7) that target comes after sysroot.mount, so such a unit races with the mount.
    expect(kind({ fileSystems: root(), ...unit(body, { before: ["initrd-root-fs.target"] }) })).toContain(
      "before the mount of the root",
    );
    expect(kind({ fileSystems: root(), ...unit(body, { before: ["local-fs-pre.target"] }) })).toBe("rollback");
    expect(kind({ fileSystems: root(), ...hook(body) }, { release: "26.05" })).toBe("none");
    expect(
      kind({ fileSystems: root(), ...hook("# btrfs subvolume delete /m/root\n# btrfs subvolume create /m/root") }),
    ).toBe("none");
  });

  it("says unknown when something that could wipe is out of sight", () => {
    expect(kind({ fileSystems: root(), ...hook(perhaps(body, "config.wipe is not known")) })).toBe(
      "unknown: config.wipe is not known",
    );
    expect(kind({ fileSystems: root(), ...hook(unknown("needs an input")) })).toBe("unknown: needs an input");
    expect(
      kind({ fileSystems: root(), boot: { initrd: { systemd: { enable: true, services: unknown("needs a map") } } } }),
    ).toBe("unknown: needs a map");
    expect(kind({ fileSystems: root() }, { opaque: [{ known: false }] })).toContain("unknown: ./x.nix cannot be read");
    expect(kind({ fileSystems: root() }, { opaque: [{ known: true }] })).toBe("none");
    const partial = {
      text: "mount /dev/vda2 /m\nbtrfs subvolume delete /m/\uFFFC\nbtrfs subvolume create /m/\uFFFC",
      holes: [{ start: 45, end: 46, why: "needs a name" }],
      origin: undefined,
    };
    expect(kind({ fileSystems: root(), ...unit(new Unknown("needs a name", undefined, { partial })) })).toContain(
      "unknown:",
    );
    expect(kind({})).toBe("none");
  });
});

describe("buildHost", () => {
  it("works facts out once and answers for paths", () => {
    const found = host({
      fileSystems: { ...root(), "/persist": { device: "/dev/vda2", fsType: "btrfs", options: ["subvol=persist"] } },
      environment: { persistence: { "/persist": { directories: ["/var/lib/postgresql"] } } },
      services: { postgresql: { enable: true }, openssh: { enable: true } },
      ...unit(body),
    });
    expect(found.fileSystems).toBe(found.fileSystems);
    expect(found.fateOf("/var/lib/nixos").survives.answer).toBe("no");
    expect(
      found.services.map(({ enable, state }) => [
        enable,
        state.map(({ path, fate }) => `${path} ${fate.survives.answer}`),
      ]),
    ).toEqual([
      ["services.openssh.enable", ["/etc/ssh/ssh_host_ed25519_key no", "/etc/ssh/ssh_host_rsa_key no"]],
      ["services.postgresql.enable", ["/var/lib/postgresql yes"]],
    ]);
    expect(found.incomplete).toEqual([]);
  });

  it("never says no while a module of the workspace cannot be read", () => {
    const config = { fileSystems: root(), ...unit(body) };
    expect(host(config, { opaque: [{ known: false }] }).fateOf("/x").survives).toMatchObject({ answer: "unknown" });
    expect(host(config, { opaque: [{ known: true }] }).fateOf("/x").survives.answer).toBe("no");
  });

  it("names the sources of snapshots by their mountpoints", () => {
    const settings = { snapshot_dir: "snaps", volume: { "/btr": { subvolume: { home: {}, other: {} } } } };
    const btrfs = (subvolume: string) => ({ device: "/dev/vda2", fsType: "btrfs", options: [subvolume] });
    const [job] = host({
      fileSystems: { "/btr": btrfs("subvolid=5"), "/home": btrfs("subvol=/home") },
      services: { btrbk: { instances: { local: { settings } } } },
    }).snapshotJobs;
    expect(job?.sources.map((source) => source.known && source.value)).toEqual(["/home", "/btr/other"]);
  });

  it("finds snapshots that the host's own scripts take", () => {
    const script =
      "SNAPDIR=/.snapshots\nbtrfs subvolume snapshot -r /persist $SNAPDIR/persist-$(date +%s)\nbtrfs subvolume snapshot -r / $SNAPDIR/root";
    const [job] = host({
      systemd: { services: { snap: { script } }, timers: { snap: { timerConfig: { OnCalendar: "00/6:00" } } } },
    }).snapshotJobs;
    expect(job).toMatchObject({
      tool: "script",
      name: "snap",
      period: { value: 21600 },
      directory: { value: "/.snapshots" },
    });
    expect(job?.sources.map((source) => source.known && source.value)).toEqual(["/persist", "/"]);
  });
});

it("knows a program by which sums are made, whatever the algorithm, and no other that is named by a variable", () => {
  const kind = (script: string) =>
    host({
      fileSystems: root(),
      boot: { initrd: { systemd: { enable: true, services: { a: { wantedBy: ["initrd.target"], script } } } } },
    }).ephemeralRoot.kind;
  expect(kind('algorithm="$1"\necho x | "${algorithm}sum" | cut -d" " -f1')).toBe("none");
  expect(kind('algorithm="$1"\necho x | "${algorithm}" | cut -d" " -f1')).toBe("unknown");
});

it("does not call a root kept that something may empty at shutdown", () => {
  const at = (shutdown: Record<string, unknown>) => host({ fileSystems: root(), systemd: shutdown }).ephemeralRoot;
  const contents = (name: string, text: string) => ({ shutdownRamfs: { contents: { [name]: { text } } } });
  const wipe = "zfs rollback -r rpool/root@empty";
  expect(at(contents("/etc/systemd/system-shutdown/wipe", wipe))).toMatchObject({
    kind: "unknown",
    why: expect.stringContaining("at shutdown, "),
  });
  expect(at({ shutdown: { wipe: "/nix/store/x-wipe.sh" } }).kind).toBe("unknown");
  expect(at(contents("/etc/systemd/system-shutdown/say", "echo bye")).kind).toBe("none");
  expect(at(contents("/etc/motd", wipe)).kind).toBe("none");
});
