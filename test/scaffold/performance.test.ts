import { describe, expect, it } from "vitest";
import { toJson } from "../../server/src/eval/json.ts";
import type { OptionNode } from "../../server/src/modules/option-node.ts";
import { scaffoldHosts } from "./hosts.ts";
import { onServer } from "./run-scripts.ts";
import { analyseServer, moduleFiles } from "./server-modules.ts";

const modes = ["balanced", "io-optimized", "space-optimized"] as const;
const json = (node: OptionNode): unknown => {
  const value = toJson(node.value());
  if ("unknown" in value) throw new Error(value.unknown.why);
  return value.json;
};
const hostIn = async (mode: (typeof modes)[number], disko: boolean) => {
  const choice = scaffoldHosts().find((one) => one.mode === mode && one.disko === disko && one.release === "26.05")!;
  return (await analyseServer(choice)).hosts[0]!;
};

describe("performance.nix", () => {
  it.each(modes)(
    "has mount options that btrfs takes, the same on every subvolume, and sysctls in range: %s",
    async (mode) => {
      const host = await hostIn(mode, true);
      const options = json(host.config.at("pantherOS", "serverImpermanence", "mountOptions")) as string[];
      const own = host.fileSystems.filter(({ fsType }) => fsType.known && fsType.value === "btrfs");
      expect(own.length).toBeGreaterThan(5);
      for (const fs of own) {
        const rest = fs.options.map(({ text }) => text).filter((text) => !text.startsWith("subvol="));
        expect(rest, fs.mountpoint).toEqual(options);
      }
      const sysctl = json(host.config.at("boot", "kernel", "sysctl")) as Record<string, number>;
      const seen = onServer(
        `make_btrfs root persist
      first_mount "subvol=root,$1" first
      next_mount "subvol=persist,$1" second
      fact options "$(options_of first)"
      fact others "$(options_of second)"
      shift
      while [ $# -gt 0 ]; do
        # The value goes in and comes back, and what was there before is put back.
        file=/proc/sys/$(echo "$1" | tr . /)
        before=$(cat "$file")
        attempt "$1" sh -c 'echo "$1" > "$2"' sh "$2" "$file"
        fact "$1 is" "$(cat "$file")"
        echo "$before" > "$file"
        shift 2
      done`,
        options.join(","),
        ...Object.entries(sysctl).flatMap(([name, value]) => [name, String(value)]),
      );
      for (const option of options) expect(seen.others!.split(","), option).toContain(option);
      for (const [name, value] of Object.entries(sysctl))
        expect([seen[name], seen[`${name} is`]], `${name}: ${seen[`${name} said`]}`).toEqual(["0", String(value)]);
    },
  );

  it("marks directories NOCOW with a rule that takes effect on new files, in the store and through its mount", async () => {
    const host = await hostIn("balanced", false);
    const settings = json(host.config.at("systemd", "tmpfiles", "settings", "server-impermanence-nocow")) as Record<
      string,
      Record<string, { argument: string }>
    >;
    const lines = Object.entries(settings).flatMap(([path, types]) =>
      Object.entries(types).map(([type, { argument }]) => `${type} '${path}' - - - - ${argument}`),
    );
    expect(lines).toEqual(["h '/var/lib/databases' - - - - +C"]);
    const seen = onServer(
      `make_host
      mkdir -p persist/var/lib/databases bound
      echo old > persist/var/lib/databases/old
      # As the persistence module mounts it.
      mount --bind persist/var/lib/databases bound
      echo "$1" | sed 's|/var/lib/databases|/mnt/bound|' > nocow.conf
      attempt tmpfiles systemd-tmpfiles --create "$PWD/nocow.conf"
      echo new > bound/new
      mkdir bound/below
      echo deep > bound/below/file
      fact store "$(attributes_of persist/var/lib/databases)"
      fact new "$(attributes_of persist/var/lib/databases/new)"
      fact deep "$(attributes_of bound/below/file)"
      fact old "$(attributes_of bound/old)"
      # What docs/server.md says to do with files that are there.
      cp --reflink=never bound/old bound/copy
      fact copy "$(attributes_of bound/copy)"`,
      lines.join("\n"),
    );
    expect(seen.tmpfiles, seen["tmpfiles said"]).toBe("0");
    for (const name of ["store", "new", "deep", "copy"]) expect(seen[name], name).toContain("C");
    expect(seen.old).not.toContain("C");
  });

  it("sets compression of directories, which new files follow", async () => {
    const host = await hostIn("balanced", false);
    const script = host.units.find(({ name }) => name === "server-btrfs-compression")!.scripts[0]!.text;
    expect(script).toContain("DIRECTORIES='zstd /persist/archive'");
    expect(script).toContain(moduleFiles["scripts/set-compression.sh"]);
    const seen = onServer(`
      make_host
      mkdir persist/archive persist/media persist/nocow
      chattr +C persist/nocow
      export DIRECTORIES="zstd /mnt/persist/archive
zstd /mnt/persist/later
none /mnt/persist/media"
      attempt set /bin/dash -e "$SCRIPTS/set-compression.sh"
      DIRECTORIES='zstd /mnt/persist/nocow' attempt nocow /bin/dash -e "$SCRIPTS/set-compression.sh"
      head --bytes=4000000 /dev/zero > persist/archive/zeros
      head --bytes=4000000 /dev/zero > persist/plain
      sync
      fact archive "$(btrfs property get persist/archive compression)"
      fact media "$(btrfs property get persist/media compression)"
      fact zeros "$(compsize -b persist/archive/zeros | sed -n 's/^TOTAL *//p')"
      fact plain "$(compsize -b persist/plain | sed -n 's/^TOTAL *//p')"`);
    expect(seen).toMatchObject({ set: "0", archive: "compression=zstd", nocow: "1" });
    expect(seen["set said"]).toContain("/mnt/persist/later is not there yet.");
    expect(seen.media).toMatch(/^compression=(none|)$/);
    expect(Number.parseInt(seen.zeros!, 10)).toBeLessThan(10);
    expect(Number.parseInt(seen.plain!, 10)).toBe(100);
  });
});
