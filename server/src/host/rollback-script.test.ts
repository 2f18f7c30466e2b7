import { describe, expect, it } from "vitest";
import { hidesRollback } from "./hidden-rollback.ts";
import type { Script } from "./host.ts";
import { readRollbackScript } from "./rollback-script.ts";

const script = (text: string): Script => ({
  option: ["x"],
  text,
  holes: [...text].flatMap((char, at) => (char === "\uFFFC" ? [{ start: at, end: at + 1, why: "needs a name" }] : [])),
  runs: [],
  placeOf: () => undefined,
  place: undefined,
});
const read = (text: string) => {
  const found = readRollbackScript(script(text));
  if (!found) return undefined;
  const { technique, wipes, device, open } = found;
  return [technique, wipes.join(" "), device?.known ? device.value : device?.why, open];
};

describe("readRollbackScript", () => {
  it("reads a blank snapshot with variables, options and full paths", () => {
    const text = `
      MNTPOINT=$(mktemp -d)
      device="/dev/disk/by-label/nixos"
      DIR=/mnt
      /nix/store/eee-util-linux/bin/mount -t btrfs -o subvol=/,noatime "$device" "\${DIR}" || exit 1
      btrfs subvolume list -o "$DIR/root" | cut -f9 -d' ' | while read subvolume; do
        btrfs subvolume delete "$DIR/$subvolume"
      done && btrfs subvolume delete "$DIR/root"
      /nix/store/eee-btrfs-progs/bin/btrfs subvolume snapshot "$DIR/root-blank" "$DIR/root"
    `;
    expect(read(text)).toEqual(["btrfs", "root", "/dev/disk/by-label/nixos", undefined]);
  });

  it("reads nested subvolumes below a mount of a subvolume", () => {
    const text = "mount -o subvol=/sys /dev/sda /m\nmv /m/@root /m/old/1\nbtrfs subvolume create /m/@root";
    expect(read(text)).toEqual(["btrfs", "sys/@root", "/dev/sda", undefined]);
  });

  it("needs no name for the mount point", () => {
    const text =
      'M=$(mktemp -d)\nmount /dev/vda2 "$M"\nbtrfs subvolume delete -R "$M/root"\nbtrfs subvolume snapshot "$M/root-blank" "$M/root"';
    expect(read(text)).toEqual(["btrfs", "root", "/dev/vda2", undefined]);
  });

  it("says when a name is not known", () => {
    // Two unknown names may differ, so this is no rollback that can be read, but it may well be one.
    const text = "mount /dev/sda /m; btrfs subvolume delete /m/\uFFFC; btrfs subvolume create /m/\uFFFC";
    expect(read(text)).toBeUndefined();
    expect(hidesRollback(script(text))).toContain("btrfs subvolume delete");
    expect(read("zfs rollback -r \uFFFC@blank")?.[3]).toBeDefined();
  });

  it("is not misled by comments, archives and quoted text", () => {
    expect(read("# btrfs subvolume delete /m/root\n# btrfs subvolume create /m/root")).toBeUndefined();
    expect(read('echo "btrfs subvolume delete x"; echo "btrfs subvolume create x"')).toBeUndefined();
    expect(read("btrfs subvolume delete /snap/old")).toBeUndefined();
    expect(read("zfs snapshot a@b")).toBeUndefined();
  });
});

describe("hidesRollback", () => {
  it("knows what could empty the root without being a rollback it can read", () => {
    expect(hidesRollback(script("/nix/store/eee-wipe"))).toContain("cannot be read");
    expect(hidesRollback(script("/srv/wipe.sh --now"))).toContain("/srv/wipe.sh");
    expect(hidesRollback(script("bash /srv/wipe.sh"))).toContain("/srv/wipe.sh");
    expect(hidesRollback(script("mkfs.ext4 /dev/sda1"))).toContain("mkfs.ext4");
    expect(hidesRollback(script("rm -rf /mnt-root/var"))).toContain("/mnt-root/var");
    expect(hidesRollback(script("\uFFFC"))).toBe("needs a name");
    expect(hidesRollback(script("btrfs subvolume delete /m/root"))).toContain("btrfs subvolume delete");
    expect(hidesRollback(script("/nix/store/eee-wiper/bin/wiper --root /dev/sda1"))).toContain("`wiper`");
    expect(hidesRollback(script("\uFFFC/bin/demolish"))).toContain("`demolish`");
  });

  it("lets harmless scripts pass", () => {
    for (const text of [
      "/nix/store/eee-cryptsetup/bin/cryptsetup open /dev/sda x",
      "echo hello",
      "rm -rf /tmp/x",
      "sh -c true",
      "# rm -rf /",
    ]) {
      expect(hidesRollback(script(text)), text).toBeUndefined();
    }
  });
});
