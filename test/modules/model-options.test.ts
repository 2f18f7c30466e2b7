import { expect, it } from "vitest";
import { SUBVOLUME_KEYS } from "../../server/src/host/disko.ts";
import { DISKO_OPTIONS, MODEL_OPTIONS } from "../../server/src/host/model-options.ts";
import { analyseFiles } from "../../server/src/testing/analyse-files.ts";
import listed from "./model-options.json" with { type: "json" };

/** The names that a model reads or passes over on purpose. */
function namesOf(group: string): readonly string[] {
  const { read = [], harmless = [] } = MODEL_OPTIONS[group] ?? DISKO_OPTIONS[group] ?? {};
  return [...read, ...harmless];
}

const OF_MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  "btrfs.subvolumes": SUBVOLUME_KEYS.btrfs,
  "bcachefs_filesystem.subvolumes": SUBVOLUME_KEYS.bcachefs,
  zfs_fs: SUBVOLUME_KEYS.zfs,
  zfs_volume: SUBVOLUME_KEYS.zfs,
};

it("reads every option of disko, home-manager, sops-nix and agenix, or passes over it on purpose", () => {
  const missed = listed.flatMap(({ groups, types }) =>
    [...Object.entries(groups), ...Object.entries(types)].flatMap(([group, options]) => {
      const known = OF_MEMBERS[group] ?? new Set(namesOf(group));
      return options.filter((option: string) => !known.has(option)).map((option: string) => `${group}.${option}`);
    }),
  );
  expect(missed).toEqual([]);
  expect(listed.flatMap(({ types }) => Object.keys(types)).length).toBeGreaterThan(20);
});

/** Whether something below a root in memory is still said to be lost, with what is given beside it. */
async function isLost(config: string): Promise<string> {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ lib, ... }: { fileSystems."/" = { device = "none"; fsType = "tmpfs"; }; ${config} }`,
  });
  const { answer, ...rest } = hosts[0]?.fateOf("/var/lib/x").survives ?? { answer: "no host" };
  return "why" in rest ? `${answer}: ${rest.why}` : answer;
}

const disk = (content: string) =>
  `disko.devices.disk.a = { type = "disk"; device = "/dev/sda"; content = { ${content} }; };`;
const partition = (more: string) => disk(`type = "gpt"; partitions.a = { size = "1G"; ${more} };`);

it("does not say of a path that it is lost beside an option that it does not know", async () => {
  const unknown = expect.stringMatching(/^unknown: what .*novel/);
  for (const group of Object.keys(MODEL_OPTIONS)) expect(await isLost(`${group}.novel = 1;`)).toEqual(unknown);
  for (const config of [
    disk('type = "filesystem"; format = "ext4"; novel = 1;'),
    partition("novel = 1;"),
    partition('content = { type = "luks"; name = "c"; novel = 1; };'),
    'disko.devices.zpool.a = { type = "zpool"; novel = 1; };',
    'disko.devices.nodev."/x" = { fsType = "tmpfs"; novel = 1; };',
    'disko.devices.lvm_vg.a = { type = "lvm_vg"; lvs.b = { size = "1G"; novel = 1; }; };',
  ]) {
    expect(await isLost(config), config).toEqual(unknown);
  }
});

it("says so beside those that it knows, and those that the workspace declares itself", async () => {
  for (const config of [
    'sops = { defaultSopsFile = ./x; age.keyFile = "/x"; };',
    "home-manager = { useGlobalPkgs = true; verbose = true; };",
    "age = { rekey.masterIdentities = [ ]; };",
    "imports = [ { options.disko.novel = lib.mkOption { default = 1; }; } ]; disko.novel = 2;",
    partition(
      'start = "1M"; hybrid = { }; content = { type = "luks"; name = "c"; settings = { }; postCreateHook = "x"; };',
    ),
  ]) {
    expect(await isLost(config), config).toBe("no");
  }
});
