// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { describe, expect, it } from "vitest";
import { readRollback } from "./rollback-reader.ts";
import { ROLLBACK_SCRIPTS } from "./rollback-scripts.ts";
import { type Hole, readShell } from "./sh-reader.ts";

/** Reads a script in which «…» are interpolations with the text between as their key. */
function read(template: string) {
  const holes: Hole[] = [];
  let text = "";
  for (const piece of template.split(/(«[^»]*»)/)) {
    if (piece.startsWith("«")) holes.push({ start: text.length, end: text.length + piece.length, key: piece });
    text += piece;
  }
  const reading = readRollback(readShell(text, { holes }));
  const evidence = reading.kind === "none" ? [] : reading.evidence.map(({ start, end }) => text.slice(start, end));
  return {
    ...reading,
    evidence,
    holes: reading.unknown.map(({ what, start, end }) => `${what}: ${text.slice(start, end)}`),
  };
}

describe("readRollback on the idioms of real hosts", () => {
  it("moves the root into an archive", () => {
    expect(read(ROLLBACK_SCRIPTS.moveAside)).toMatchObject({
      kind: "btrfs",
      technique: "move-to-archive",
      subvolumes: ["root"],
      device: "/dev/mapper/crypted",
      archive: "old_roots",
      unknown: [],
      evidence: [
        "mount /dev/mapper/crypted /btrfs_tmp",
        'mv /btrfs_tmp/root "/btrfs_tmp/old_roots/$stamp"',
        "btrfs subvolume create /btrfs_tmp/root",
      ],
    });
  });

  it("follows variables", () => {
    expect(read(ROLLBACK_SCRIPTS.moveAsideVariables)).toMatchObject({
      kind: "btrfs",
      technique: "move-to-archive",
      subvolumes: ["@root"],
      device: "/dev/disk/by-partlabel/disk-main-root",
      archive: "old_roots",
      unknown: [],
    });
  });

  it("takes a root that is made under another name and then put in place for the root made anew", () => {
    const reading = read(`
      mount -o subvolid=5 /dev/sda2 /top
      btrfs subvolume snapshot /top/root-blank /top/root.next
      mv -T /top/root "/top/old_roots/$(date +%s)"
      mv -T /top/root.next /top/root`);
    expect(reading).toMatchObject({
      technique: "move-to-archive",
      subvolumes: ["root"],
      blank: "root-blank",
      archive: "old_roots",
      unknown: [],
    });
  });

  it("restores a blank snapshot", () => {
    const wanted = {
      kind: "btrfs",
      technique: "blank-snapshot",
      subvolumes: ["root"],
      blank: "root-blank",
      unknown: [],
    };
    expect(read(ROLLBACK_SCRIPTS.blank)).toMatchObject({ ...wanted, device: "/dev/disk/by-label/nixos" });
    expect(read(ROLLBACK_SCRIPTS.blankTemporary)).toMatchObject({ ...wanted, device: "/dev/vda2" });
    expect(read(ROLLBACK_SCRIPTS.blankTemporary)).not.toHaveProperty("archive");
  });

  it("keeps a snapshot, deletes and creates", () => {
    expect(read(ROLLBACK_SCRIPTS.snapshotThenDelete)).toMatchObject({
      kind: "btrfs",
      technique: "rolling",
      subvolumes: ["@root"],
      device: "/dev/sda2",
      archive: "old_roots",
      unknown: [],
    });
    expect(read(ROLLBACK_SCRIPTS.bcachefs)).toMatchObject({
      kind: "bcachefs",
      technique: "rolling",
      subvolumes: ["@root"],
      device: "/dev/nvme0n1p2:/dev/nvme1n1p2",
      archive: "@snapshots/old_roots",
      unknown: [],
    });
  });

  it("reads the guarded script", () => {
    expect(read(ROLLBACK_SCRIPTS.guarded)).toMatchObject({
      kind: "btrfs",
      technique: "move-to-archive",
      subvolumes: ["root"],
      blank: "root-blank",
      archive: "old_roots",
      device: "/dev/disk/by-label/system",
      unknown: [],
    });
  });

  it("reads zfs rollbacks", () => {
    const wanted = {
      kind: "zfs",
      technique: "zfs-rollback",
      subvolumes: ["rpool/local/root"],
      blank: "blank",
      device: "rpool",
    };
    expect(read(ROLLBACK_SCRIPTS.zfs)).toMatchObject(wanted);
    expect(read(ROLLBACK_SCRIPTS.zfsPath)).toMatchObject(wanted);
    expect(read("zfs rollback -r «cfg.dataset»@blank")).toMatchObject({
      kind: "zfs",
      subvolumes: [],
      holes: ["subvolume: «cfg.dataset»@blank"],
    });
  });

  it("goes through loops over spelled-out subvolumes", () => {
    expect(read(ROLLBACK_SCRIPTS.loop)).toMatchObject({
      subvolumes: ["@root", "@home"],
      wipes: [{ blank: "blank/@root" }, { blank: "blank/@home" }],
      unknown: [],
    });
  });

  it("follows a function through each of its calls with spelled-out arguments", () => {
    const reset = (body: string, calls: string) =>
      read(`mount -o subvolid=5 /dev/sda2 /m\nreset() {\n${body}\n}\n${calls}`);
    const body = `local name="$1"
      if [ -d "/m/$name-empty" ]; then
        btrfs subvolume delete "/m/$name"
        btrfs subvolume snapshot "/m/$name-empty" "/m/$name"
      fi`;
    expect(reset(body, "reset sys\nreset user")).toMatchObject({
      technique: "blank-snapshot",
      device: "/dev/sda2",
      subvolumes: ["sys", "user"],
      wipes: [{ blank: "sys-empty" }, { blank: "user-empty" }],
    });
    const second = 'btrfs subvolume delete "$1/$2"; btrfs subvolume create "$1/$2"';
    expect(reset(second, "reset /m sys")).toMatchObject({ subvolumes: ["sys"] });
    expect(reset(`shift\n${second}`, "reset /m sys x")).not.toMatchObject({ subvolumes: ["sys"] });
    expect(reset(body, 'reset "$WHICH"')).toMatchObject({ kind: "none" });
    expect(reset(second, "reset $MORE sys")).not.toMatchObject({ subvolumes: ["sys"] });
    // A function that nobody calls resets nothing.
    expect(reset(body, "")).toMatchObject({ kind: "none" });
  });

  it("sees deletion by a function of its own, also through a local name", () => {
    const script = (body: string) =>
      `mount /dev/sda1 /mnt\nwipe() {\n${body}\n}\nwipe /mnt/root\nbtrfs subvolume create /mnt/root`;
    const recursive =
      'for c in $(btrfs subvolume list -o "$1" | cut -f9 -d" "); do wipe "/mnt/$c"; done\nbtrfs subvolume delete "$1"';
    for (const body of [recursive, 'local sv="$1"\nbtrfs subvolume delete "$sv"']) {
      expect(read(script(body))).toMatchObject({ technique: "delete-and-create", subvolumes: ["root"], unknown: [] });
    }
  });

  it("follows cd, subvol= and short forms of the commands", () => {
    expect(read("mount /dev/a /t\ncd /t\nbtrfs su del root\nbtrfs sub cr root")).toMatchObject({
      subvolumes: ["root"],
    });
    expect(
      read("mount -o subvol=sys,noatime /dev/a /t; btrfs subvolume delete /t/root; btrfs subvolume create /t/root"),
    ).toMatchObject({
      subvolumes: ["sys/root"],
    });
    expect(
      read(
        "mount /dev/a /t/; «pkgs.btrfs-progs»/bin/btrfs subvolume delete /t//root/ && «pkgs.btrfs-progs»/bin/btrfs subvolume create /t/root",
      ),
    ).toMatchObject({
      subvolumes: ["root"],
    });
  });

  it("takes moved roots without a directory of their own", () => {
    expect(read("mount /dev/a /t; mv /t/root /t/root-old; btrfs subvolume create /t/root")).toMatchObject({
      archive: "root-old",
    });
    expect(read("mount /dev/a /t; mv /t/root /t/old/; btrfs subvolume create /t/root")).toMatchObject({
      archive: "old",
    });
  });
});

describe("readRollback where something is unknown", () => {
  it("does not guess what Nix fills in", () => {
    const reading = read(
      "mount «cfg.device» /mnt\nbtrfs subvolume delete /mnt/«cfg.name»\nbtrfs subvolume create /mnt/«cfg.name»",
    );
    expect(reading).toMatchObject({ kind: "btrfs", technique: "delete-and-create", subvolumes: [] });
    expect(reading.holes).toEqual(["subvolume: /mnt/«cfg.name»", "device: «cfg.device»"]);
    expect(reading).not.toHaveProperty("device");
    expect(read("mount /dev/a «m»; mv «m»/root «m»/old/$(date); btrfs subvolume create «m»/root")).toMatchObject({
      kind: "btrfs",
      subvolumes: ["root"],
      device: "/dev/a",
    });
  });

  it("does not take two unknown names for one", () => {
    expect(read("mount /dev/a /mnt; btrfs subvolume delete /mnt/«a»; btrfs subvolume create /mnt/«b»").kind).toBe(
      "none",
    );
    expect(read("mount /dev/a /mnt; btrfs subvolume delete /mnt/$(a); btrfs subvolume create /mnt/$(a)").kind).toBe(
      "none",
    );
  });

  it("doubts a reset whose names may be the same", () => {
    const reading = read("M=/a; M=/b; mount /dev/a $M; btrfs subvolume delete $M/root; btrfs subvolume create $M/root");
    expect(reading).toMatchObject({
      kind: "none",
      unknown: [{ what: "subvolume", reason: expect.stringContaining("more than once") }],
    });
  });

  it("says so when the filesystem is mounted elsewhere", () => {
    const reading = read("btrfs subvolume delete /top/root; btrfs subvolume create /top/root");
    expect(reading).toMatchObject({ kind: "btrfs", subvolumes: ["top/root"], unknown: [{ what: "mount" }] });
  });

  it("does not take one of two devices for the one that is mounted", () => {
    const script = (mounts: string) => `${mounts}
      mv /mnt/root /mnt/old
      btrfs subvolume create /mnt/root
      umount /mnt`;
    const either = read(script("mount /dev/disk/by-label/a /mnt || mount /dev/disk/by-label/b /mnt"));
    expect(either).toMatchObject({ unknown: [{ what: "device", reason: expect.stringMatching("several") }] });
    expect(either).not.toHaveProperty("device");
    const later = read(script("mount /dev/disk/by-label/a /mnt\numount /mnt\nmount /dev/disk/by-label/b /mnt"));
    expect(later).toMatchObject({ device: "/dev/disk/by-label/b", unknown: [] });
    const again = read(script("mount /dev/sda1 /mnt || { sleep 5; mount /dev/sda1 /mnt; }"));
    expect(again).toMatchObject({ device: "/dev/sda1", unknown: [] });
  });

  it("says so when the archive or the blank is unknown", () => {
    expect(read("mount /dev/a /m; mv /m/root $X/old/1; btrfs subvolume create /m/root")).toMatchObject({
      unknown: [{ what: "archive" }],
    });
    expect(
      read("mount /dev/a /m; btrfs subvolume delete /m/root; btrfs subvolume snapshot /m/«blank» /m/root"),
    ).toMatchObject({ unknown: [{ what: "blank" }] });
  });
});

describe("readRollback on scripts that wipe nothing", () => {
  it.each([
    ["a snapshot job", ROLLBACK_SCRIPTS.snapshotJob],
    ["nothing", ""],
    ["only a deletion", "mount /dev/a /m; btrfs subvolume delete /m/old"],
    ["only a creation", "mount /dev/a /m; [ -e /m/root ] || btrfs subvolume create /m/root"],
    ["an archive that is thinned out", "for i in /m/old/*; do btrfs subvolume delete $i; done"],
    ["words in an echo", "echo btrfs subvolume delete /m/root; echo btrfs subvolume create /m/root"],
    ["a comment", "# zfs rollback -r a@b"],
    ["other subvolumes", "mount /dev/a /m; btrfs subvolume delete /m/a; btrfs subvolume create /m/b"],
  ])("finds none in %s", (_, script) => {
    expect(read(script)).toMatchObject({ kind: "none" });
  });

  it("keeps what stands before a mistake", () => {
    expect(read(`${ROLLBACK_SCRIPTS.blank}\nif oops; then`)).toMatchObject({ subvolumes: ["root"] });
  });
});

describe("readRollback on damaged scripts", () => {
  it("never throws and stays fast", () => {
    let state = 19;
    const int = (max: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * max);
    };
    const scripts = Object.values(ROLLBACK_SCRIPTS);
    const noise = ["", "", "'", '"', "$", "${", "$(", ")", "}", "`", "|", "<<", "\\", "=", "@", "/", "-", " "];
    let slowest = 0;
    for (let round = 0; round < 2000; round += 1) {
      let text: string = scripts[int(scripts.length)]!;
      for (let edits = 1 + int(4); edits > 0; edits -= 1) {
        const at = int(text.length + 1);
        text = text.slice(0, at) + noise[int(noise.length)] + text.slice(at + int(4));
      }
      const holes = Array.from({ length: int(4) }, (_, index) => ({
        start: index * 60 + int(40),
        end: index * 60 + 41 + int(10),
      }));
      const began = performance.now();
      readRollback(readShell(text, { holes }));
      slowest = Math.max(slowest, performance.now() - began);
    }
    // No budget: a reader that backtracks would take minutes, a busy machine takes a second.
    expect(slowest).toBeLessThan(5_000);
  });
});
