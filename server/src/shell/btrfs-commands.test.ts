// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { describe, expect, it } from "vitest";
import { type StorageCommand, storageCommands } from "./btrfs-commands.ts";
import { ROLLBACK_SCRIPTS } from "./rollback-scripts.ts";
import type { Word } from "./sh-ast.ts";
import { readShell } from "./sh-reader.ts";

const all = (text: string) => storageCommands(readShell(text));
const slice = (text: string, word: Word | undefined) => word && text.slice(word.start, word.end);

/** The one command of a text, with its words as they are written. */
function read(text: string): Record<string, unknown> {
  const [command] = all(text);
  if (!command) return {};
  const { use: _, words: __, start: ___, end: ____, ...action } = command;
  const show = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(show);
    if (typeof value !== "object" || value === null) return value;
    if ("kind" in value && value.kind === "word") return slice(text, value as Word);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, show(inner)]));
  };
  return show(action) as Record<string, unknown>;
}

describe("storageCommands", () => {
  it("reads btrfs and bcachefs subvolumes, also by short names", () => {
    const tool = "btrfs";
    expect(read('btrfs subvolume delete -c /a "$b"')).toEqual({
      kind: "subvolume-delete",
      tool,
      targets: ["/a", '"$b"'],
      recursive: false,
    });
    expect(read("btrfs -q su del -vR /a")).toMatchObject({
      kind: "subvolume-delete",
      targets: ["/a"],
      recursive: true,
    });
    expect(read("btrfs sub create -i 0/5 /a")).toEqual({ kind: "subvolume-create", tool, targets: ["/a"] });
    expect(read("btrfs subvolume snapshot -r / /s/x")).toEqual({
      kind: "subvolume-snapshot",
      tool,
      readonly: true,
      source: "/",
      destination: "/s/x",
    });
    expect(read("bcachefs subvolume snapshot /a /b")).toMatchObject({ tool: "bcachefs", readonly: false });
    expect(read("btrfs subvolume list -o /m")).toEqual({
      kind: "subvolume-list",
      onlyBelow: true,
      options: ["-o"],
      path: "/m",
    });
    expect(read("btrfs subvolume show /m")).toEqual({ kind: "subvolume-show", path: "/m" });
    expect(read("btrfs subvolume set-default 256 /m")).toEqual({
      kind: "subvolume-set-default",
      operands: ["256", "/m"],
    });
    for (const text of [
      "btrfs",
      "btrfs su",
      "btrfs s del /a",
      "btrfs su s /a /b",
      "btrfs filesystem show",
      "btrfs su $verb /a",
      "$tool subvolume delete /a",
    ]) {
      expect(all(text), text).toEqual([]);
    }
  });

  it("reads mounts", () => {
    const text = 'mount -t btrfs -o subvol=/@root,noatime -o compress=zstd:3 "$dev" /mnt';
    expect(read(text)).toEqual({
      kind: "mount",
      device: '"$dev"',
      target: "/mnt",
      fsType: "btrfs",
      options: [
        { name: "subvol", value: "/@root", word: "subvol=/@root,noatime" },
        { name: "noatime", word: "subvol=/@root,noatime" },
        { name: "compress", value: "zstd:3", word: "compress=zstd:3" },
      ],
      moreOptions: false,
      changesExisting: false,
    });
    expect(read("mount -osubvolid=5 /dev/a /m")).toMatchObject({
      options: [{ name: "subvolid", value: "5" }],
      device: "/dev/a",
    });
    expect(read("O=noatime; mount -o subvol=x,$O /a /m")).toMatchObject({
      options: [{ name: "subvol" }, { name: "noatime" }],
    });
    expect(read("mount -o subvol=x,$Y /a /m")).toMatchObject({
      options: [{ name: "subvol", value: "x" }],
      moreOptions: true,
    });
    expect(read("mount -L nixos /m")).toMatchObject({ device: "nixos", target: "/m" });
    expect(read("mount --bind /a /b")).toMatchObject({ changesExisting: true });
    expect(read("mount -o remount,rw /")).toMatchObject({ changesExisting: true, target: "/" });
    expect(all("mount")).toEqual([]);
    expect(all("mount -a")).toEqual([]);
    expect(read("umount -R /m")).toEqual({ kind: "umount", targets: ["/m"] });
  });

  it("reads find with its tests and what it runs", () => {
    const text =
      'find "$D" /b -maxdepth 1 -mindepth 1 -type d -name "root-*" -mtime +30d -exec btrfs subvolume delete {} \\; -delete';
    expect(read(text)).toEqual({
      kind: "find",
      starts: ['"$D"', "/b"],
      maxDepth: "1",
      minDepth: "1",
      type: "d",
      names: [{ test: "-name", value: '"root-*"' }],
      ages: [{ test: "-mtime", value: "+30d" }],
      exec: [["btrfs", "subvolume", "delete", "{}"]],
      deletes: true,
    });
    const [, inner] = all(text) as [StorageCommand, StorageCommand];
    expect(inner).toMatchObject({ kind: "subvolume-delete" });
    expect(text.slice(inner.start, inner.end)).toBe("btrfs subvolume delete {}");
    expect(read("find -mmin -5 -exec a {} + -exec b \\;")).toMatchObject({
      starts: [],
      ages: [{ value: "-5" }],
      exec: [["a", "{}"], ["b"]],
    });
    expect(all("find . | xargs -r btrfs subvolume delete").map(({ kind }) => kind)).toEqual([
      "find",
      "subvolume-delete",
    ]);
  });

  it("reads moves, zfs, balance, scrub, date and mkfs", () => {
    expect(read("mv -f /a /b /c")).toEqual({ kind: "move", sources: ["/a", "/b"], destination: "/c" });
    expect(read("mv -t /c /a")).toEqual({ kind: "move", sources: ["/a"], destination: "/c" });
    expect(all("mv /a")).toEqual([]);
    expect(read("zfs rollback -r p/d@blank")).toEqual({
      kind: "zfs-rollback",
      target: "p/d@blank",
      destroysLater: true,
    });
    expect(all("zfs list")).toEqual([]);
    expect(read("btrfs balance start /")).toEqual({ kind: "balance-start", filters: [], filtered: false, path: "/" });
    expect(read("btrfs balance start -dusage=50 -m /x")).toEqual({
      kind: "balance-start",
      filters: [
        { option: "-dusage=50", word: "-dusage=50" },
        { option: "-m", word: "-m" },
      ],
      filtered: true,
      path: "/x",
    });
    expect(read("btrfs scrub start -Bd -c 3 /x")).toEqual({ kind: "scrub-start", foreground: true, path: "/x" });
    expect(read("btrfs scrub start /")).toEqual({ kind: "scrub-start", foreground: false, path: "/" });
    expect(read('T=$(date -d "30 days ago" "+%F %T")')).toEqual({
      kind: "date",
      format: '"+%F %T"',
      moment: '"30 days ago"',
    });
    expect(read("mkfs.ext4 -L x /dev/a")).toEqual({ kind: "mkfs", fsType: "ext4", devices: ["/dev/a"] });
    expect(read("mkfs -t btrfs /dev/a")).toEqual({ kind: "mkfs", fsType: "btrfs", devices: ["/dev/a"] });
  });

  it("finds the commands of a whole script in order", () => {
    expect(all(ROLLBACK_SCRIPTS.moveAside).map(({ kind }) => kind)).toEqual([
      "mount",
      "date",
      "move",
      "subvolume-list",
      "subvolume-delete",
      "find",
      "subvolume-create",
      "umount",
    ]);
    const job = all(ROLLBACK_SCRIPTS.snapshotJob);
    expect(job.at(-1)?.use.hidden.toSorted()).toEqual(["or-true", "stderr-discarded"]);
    expect(job.map(({ kind }) => kind)).toContain("subvolume-snapshot");
  });
});
