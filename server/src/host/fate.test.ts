import { describe, expect, it } from "vitest";
import { fakeConfig, gap, perhaps, unknown } from "../testing/fake-config.ts";
import { readDisko } from "./disko.ts";
import { type FateInput, fateOf, fileSystemAt, readEmptiedTmp } from "./fate.ts";
import { readFileSystems } from "./file-systems.ts";
import type { Rollback } from "./host.ts";
import { linksOf } from "./links.ts";
import { readPersistence } from "./persistence.ts";

const rollback: Rollback = {
  technique: "btrfs",
  method: "delete-and-create",
  blank: undefined,
  archive: undefined,
  open: undefined,
  script: { option: [], text: "", holes: [], runs: [], placeOf: () => undefined, place: undefined },
  option: ["boot", "initrd", "postDeviceCommands"],
  stage: "initrd-scripted",
  runs: { answer: "yes" },
  place: undefined,
  wipes: ["root"],
  device: { known: true, value: "/dev/sda", place: undefined },
  wipesRoot: { answer: "yes" },
  works: { answer: "yes" },
};

function input(config: Record<string, unknown>, more: Partial<FateInput> = {}): FateInput {
  const root = fakeConfig(config);
  const fileSystems = readFileSystems(root, readDisko(root), undefined);
  const { stores, gaps } = readPersistence(root);
  return {
    links: linksOf(root),
    emptied: readEmptiedTmp(root),
    fileSystems: fileSystems.list,
    fileSystemsOpen: fileSystems.open,
    stores,
    gaps,
    ephemeralRoot: { kind: "rollback", rollback },
    rollbacks: [rollback],
    unseen: undefined,
    ...more,
  };
}
const fs = (subvolume: string, more: Record<string, unknown> = {}) => ({
  device: "/dev/sda",
  fsType: "btrfs",
  options: [`subvol=${subvolume}`],
  ...more,
});
const base = {
  "/": fs("root"),
  "/persist": fs("persist", { neededForBoot: true }),
  "/var/log": fs("log"),
};
const persisted = { persistence: { "/persist": { directories: ["/var/lib/nixos"], files: ["/etc/machine-id"] } } };
const answer = (config: Record<string, unknown>, path: string, more?: Partial<FateInput>) => {
  const { survives, by } = fateOf(input(config, more), path);
  return [survives.answer, survives.answer === "unknown" ? survives.why : by];
};

describe("links", () => {
  const root = { fileSystems: base };
  it("of environment.etc lead to where they point, and what comes from the Nix store is there at every boot", () => {
    const etc = {
      "NetworkManager/system-connections": { source: "/persist/etc/NetworkManager/system-connections" },
      "machine-id": { text: "0123" },
      lost: { source: "/var/lib/lost" },
    };
    const config = { ...root, environment: { etc } };
    expect(answer(config, "/etc/NetworkManager/system-connections/home.nmconnection")[0]).toBe("yes");
    expect(answer(config, "/etc/machine-id")).toEqual(["yes", "made by the configuration"]);
    expect(answer(config, "/etc/lost")[0]).toBe("no");
    expect(answer(config, "/etc/machine-ids")[0]).toBe("no");
  });

  it("of environment.etc to files of the configuration may lead to the Nix store, wherever that folder is", () => {
    const etc = { "app/ca.pem": { source: "/home/me/config/ca.pem" } };
    const config = { ...root, environment: { etc } };
    expect(answer(config, "/etc/app/ca.pem")[0]).toBe("no");
    expect(answer(config, "/etc/app/ca.pem", { sources: "/home/me/config" })).toEqual([
      "unknown",
      "it may be a file of the configuration, copied to the Nix store",
    ]);
  });

  it("of systemd-tmpfiles are followed, in rules and settings", () => {
    const tmpfiles = {
      rules: ["L+ /var/lib/bluetooth - - - - /persist/var/lib/bluetooth", "d /var/lib/foo 0700 root root -"],
      settings: { mine: { "/var/lib/iwd": { "L+": { argument: "/persist/var/lib/iwd" } } } },
    };
    const config = { ...root, systemd: { tmpfiles } };
    expect(answer(config, "/var/lib/bluetooth/x")[0]).toBe("yes");
    expect(answer(config, "/var/lib/iwd")[0]).toBe("yes");
    expect(answer(config, "/var/lib/foo")[0]).toBe("no");
  });

  it("of secret managers are made at every boot", () => {
    const config = { ...root, sops: { secrets: { key: { path: "/etc/ssh/ssh_host_ed25519_key" } } } };
    expect(answer(config, "/etc/ssh/ssh_host_ed25519_key")).toEqual(["yes", "made from a secret by the configuration"]);
  });

  it("that lead in a circle are nothing to rely on", () => {
    const rules = ["L /var/a - - - - /var/b", "L /var/b - - - - /var/a"];
    expect(answer({ ...root, systemd: { tmpfiles: { rules } } }, "/var/a")[0]).toBe("unknown");
  });

  it("are mount units, too: binds are followed, devices and memory are what they are", () => {
    const mounts = [
      { where: "/var/lib/docker", what: "/persist/docker", type: "none", options: "bind" },
      { where: "/var/lib/nfs", what: "server:/export", type: "nfs" },
      { where: "/var/lib/memory", what: "tmpfs", type: "tmpfs" },
    ];
    const config = { ...root, systemd: { mounts } };
    expect(answer(config, "/var/lib/docker/x")[0]).toBe("yes");
    expect(answer(config, "/var/lib/nfs/x")[0]).toBe("unknown");
    expect(answer(config, "/var/lib/memory/x")[0]).toBe("no");
  });

  it("are datasets that ZFS mounts by itself", () => {
    const datasets = {
      frigate: { type: "zfs_fs", options: { mountpoint: "/var/lib/frigate" } },
      "frigate/clips": { type: "zfs_fs" },
      hidden: { type: "zfs_fs", options: { mountpoint: "none" } },
    };
    const config = { ...root, disko: { devices: { zpool: { tank: { type: "zpool", datasets } } } } };
    expect(answer(config, "/var/lib/frigate/clips")[0]).toBe("unknown");
    expect(answer(config, "/tank/hidden")[0]).toBe("unknown");
    expect(answer(config, "/var/lib/jellyfin")[0]).toBe("no");
  });

  it("may be datasets where the host's own options speak of mountpoints", () => {
    const my = { datasets: { grocy: { mountpoint: "/var/lib/grocy" }, none: { mountpoint: "none" } } };
    const config = { ...root, my, boot: { zfs: { forceImportRoot: false } } };
    expect(answer(config, "/var/lib/grocy/data")[0]).toBe("unknown");
    expect(answer(config, "/var/lib/jellyfin")[0]).toBe("no");
    expect(answer({ ...root, my }, "/var/lib/grocy")[0]).toBe("no");
  });

  it("nobody knows what a pool mounts that is imported by name", () => {
    const config = { ...root, boot: { zfs: { extraPools: ["tank"] } } };
    expect(answer(config, "/tank/photos")[0]).toBe("unknown");
    expect(answer(config, "/tanks")[0]).toBe("no");
    expect(answer(config, "/mnt/nas/photos")[0]).toBe("unknown");
    expect(answer(root, "/mnt/nas/photos")[0]).toBe("no");
  });

  it("may be the id that microvm.nix gives a guest, unless the guest is told to have none", () => {
    const microvm = { mem: 512 };
    expect(answer({ ...root, microvm }, "/etc/machine-id")[0]).toBe("unknown");
    expect(answer({ ...root, microvm: { ...microvm, machineId: "4ffaf888" } }, "/etc/machine-id")[0]).toBe("yes");
    expect(answer({ ...root, microvm: { ...microvm, machineId: null } }, "/etc/machine-id")[0]).toBe("no");
    expect(answer({ ...root, microvm: { host: { enable: true } } }, "/etc/machine-id")[0]).toBe("no");
  });
});

describe("fateOf", () => {
  it("tells persisted, own filesystem and lost apart, with a boundary at slashes", () => {
    const config = { fileSystems: base, environment: persisted };
    expect(answer(config, "/var/lib/nixos/uid-map")).toEqual(["yes", "persisted in /persist"]);
    expect(answer(config, "/var/lib/nixos-containers")).toEqual(["no", "on the root, which is wiped at every boot"]);
    expect(answer(config, "/etc/machine-id")).toEqual(["yes", "persisted in /persist"]);
    expect(answer(config, "/etc/machine-id/x")[0]).toBe("no");
    expect(answer(config, "/var/log")).toEqual(["yes", "on its own filesystem /var/log (subvolume log)"]);
    expect(answer(config, "/var/log/journal")).toEqual(["yes", "on the filesystem /var/log (subvolume log)"]);
    expect(answer(config, "/run/secrets")).toEqual(["no", "in memory (/run)"]);
  });

  it("lets the deeper of filesystem and entry decide", () => {
    const config = {
      fileSystems: { ...base, "/var/lib/nixos/cache": { device: "none", fsType: "tmpfs" } },
      environment: persisted,
    };
    expect(answer(config, "/var/lib/nixos/cache/x")[0]).toBe("no");
    const both = { fileSystems: base, environment: { persistence: { "/persist": { directories: ["/var/log"] } } } };
    expect(answer(both, "/var/log/x")).toEqual(["yes", "persisted in /persist"]);
  });

  it("knows that a store on the wiped root keeps nothing", () => {
    const config = { fileSystems: { "/": fs("root") }, environment: persisted };
    expect(answer(config, "/var/lib/nixos")).toEqual([
      "no",
      "persisted in /persist, which itself is on the root, which is wiped at every boot",
    ]);
    const below = { fileSystems: { ...base, "/persist": { device: "none", fsType: "tmpfs" } }, environment: persisted };
    expect(answer(below, "/var/lib/nixos")[0]).toBe("no");
  });

  it("says that it cannot tell when an entry, a gap or a filesystem is uncertain", () => {
    const store = (directories: unknown) => ({
      fileSystems: base,
      environment: { persistence: { "/persist": { directories } } },
    });
    expect(answer(store([perhaps("/a", "x is not known")]), "/a/b")).toEqual(["unknown", "x is not known"]);
    expect(answer(store([perhaps("/a", "x is not known")]), "/b")[0]).toBe("no");
    expect(answer(store(["/a", gap("an input is not read")]), "/b")).toEqual(["unknown", "an input is not read"]);
    expect(answer(store(["/a", gap("an input is not read")]), "/a")[0]).toBe("yes");
    const doubtful = { fileSystems: { ...base, "/srv": perhaps(fs("srv"), "config.big is not known") } };
    expect(answer(doubtful, "/srv/x")).toEqual(["unknown", "config.big is not known"]);
    expect(answer({ fileSystems: base }, "/srv", { unseen: "./gone.nix does not exist" })).toEqual([
      "unknown",
      "./gone.nix does not exist",
    ]);
    const users = {
      fileSystems: base,
      environment: { persistence: { "/persist": { users: { u: { directories: unknown("secret") } } } } },
    };
    expect(answer(users, "/home/u/x")).toEqual(["unknown", "secret"]);
    expect(answer(users, "/home/v/x")[0]).toBe("no");
  });

  it("sees that both sides of a doubt agree", () => {
    const config = { fileSystems: { ...base, "/var/log/app": perhaps(fs("app"), "config.big is not known") } };
    expect(answer(config, "/var/log/app/x")[0]).toBe("yes");
  });

  it("follows bind mounts, and what rollbacks wipe besides the root", () => {
    const bind = (device: string) => ({ device, fsType: "none", options: ["bind"] });
    const config = {
      fileSystems: { ...base, "/a": bind("/persist/a"), "/b": bind("/old/b"), "/c": bind("/c"), "/home": fs("home") },
    };
    expect(answer(config, "/a/x")[0]).toBe("yes");
    expect(answer(config, "/b/x")[0]).toBe("no");
    expect(answer(config, "/c/x")[0]).toBe("unknown");
    const homes = { ...rollback, wipes: ["root", "home"] };
    expect(answer(config, "/home/u")[0]).toBe("yes");
    expect(answer(config, "/home/u", { rollbacks: [homes] })[0]).toBe("no");
    expect(answer(config, "/home/u", { rollbacks: [{ ...homes, runs: { answer: "no" } }] })[0]).toBe("yes");
  });

  it("keeps everything when nothing wipes the root", () => {
    expect(answer({ fileSystems: base }, "/x", { ephemeralRoot: { kind: "none" }, rollbacks: [] })).toEqual([
      "yes",
      "on the root, which nothing wipes",
    ]);
    const none = { ephemeralRoot: { kind: "none" as const }, rollbacks: [] };
    expect(answer({ boot: { tmp: { useTmpfs: true } } }, "/tmp/x", none)[0]).toBe("no");
    expect(answer({}, "/tmp/x", none)[0]).toBe("yes");
  });
});

describe("fileSystemAt", () => {
  it("takes the longest certain mountpoint", () => {
    const { fileSystems } = input({ fileSystems: { ...base, "/var/log/x": perhaps(fs("x"), "?") } });
    expect(fileSystemAt(fileSystems, "/var/log/x")?.mountpoint).toBe("/var/log");
    expect(fileSystemAt(fileSystems, "/var/logs")?.mountpoint).toBe("/");
  });
});
