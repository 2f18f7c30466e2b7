import { expect, it } from "vitest";
import { findingsOf } from "../../server/src/testing/spec-check.ts";
import { inSandbox } from "./sandbox.ts";

/** How a file of zeros is stored: the algorithm that compsize names, or `none`. */
const STORE_ZEROS = `
  store_zeros() {
    dd if=/dev/zero of="$1" bs=1M count=1 status=none
    sync --file-system "$1"
    fact "$1 attributes" "$(attributes_of "$1")"
    fact "$1 stored as" "$(compsize "$1" | awk '$1 != "TOTAL" && $2 ~ /%/ { print $1 }')"
  }`;

it("B1 (IMP102): a second mount succeeds, and its options for the filesystem are ignored", () => {
  const seen = inSandbox(`
    make_btrfs root nix
    first_mount subvol=root,compress=zstd:3,noatime root
    attempt second next_mount subvol=nix,compress=lzo,commit=77,relatime nix
    fact root "$(options_of root)"
    fact nix "$(options_of nix)"`);
  expect(seen.second).toBe("0");
  expect(seen["second said"]).toBe("");
  for (const mount of ["root", "nix"]) {
    expect(seen[mount]).toMatch(/\bcompress=zstd:3\b/);
    expect(seen[mount]).not.toMatch(/lzo|commit/);
  }
  // These belong to the mount, so they may differ.
  expect(seen.root).toMatch(/\bnoatime\b/);
  expect(seen.nix).toMatch(/\brelatime\b/);
});

it("B1 (IMP102): nosuid, nodev, noexec, atime and ro differ from mount to mount", () => {
  const seen = inSandbox(`
    make_btrfs root nix
    first_mount subvol=root,nosuid,nodev,noatime root
    next_mount subvol=nix,noexec,relatime,ro nix
    fact root "$(options_of root)"
    fact nix "$(options_of nix)"`);
  expect(seen.root).toMatch(/^rw,nosuid,nodev,noatime,/);
  expect(seen.nix).toMatch(/^ro,noexec,relatime,/);
});

it("B2 (IMP101, IMP102): nodatacow on a later mount does nothing, its files are even compressed", () => {
  const seen = inSandbox(`${STORE_ZEROS}
    make_btrfs root containers
    first_mount subvol=root,compress=zstd:3 root
    next_mount subvol=containers,nodatacow,nodatasum containers
    fact containers "$(options_of containers)"
    store_zeros containers/file`);
  expect(seen.containers).not.toMatch(/nodata/);
  expect(seen["containers/file attributes"]).not.toContain("C");
  expect(seen["containers/file stored as"]).toBe("zstd");
});

it("B2 (IMP101, IMP102): nodatacow on the first mount takes checksums and compression from every subvolume", () => {
  const seen = inSandbox(`${STORE_ZEROS}
    make_btrfs root containers
    first_mount subvol=containers,nodatacow containers
    next_mount subvol=root,compress=zstd:3 root
    fact root "$(options_of root)"
    store_zeros root/file`);
  expect(seen.root).toMatch(/\bnodatasum,nodatacow\b/);
  expect(seen["root/file attributes"]).toContain("C");
  expect(seen["root/file stored as"]).toBe("none");
});

it("B3 (IMP101): a remount of one subvolume changes the options of all", () => {
  const seen = inSandbox(`
    make_btrfs root containers
    first_mount subvol=root,compress=zstd:3 root
    next_mount subvol=containers containers
    mount -o remount,nodatacow containers
    fact "root after nodatacow" "$(options_of root)"
    mount -o remount,compress=zstd:3 root
    fact "containers after compress" "$(options_of containers)"`);
  expect(seen["root after nodatacow"]).toMatch(/\bnodatasum,nodatacow\b/);
  expect(seen["root after nodatacow"]).not.toMatch(/compress/);
  expect(seen["containers after compress"]).toMatch(/compress=zstd:3/);
  expect(seen["containers after compress"]).not.toMatch(/nodata/);
});

it.each([
  ["compress=zstd:1,nodatacow", /nodatasum,nodatacow/, /compress/],
  ["nodatacow,compress=zstd:1", /compress=zstd:1/, /nodatacow/],
  ["nodatacow,compress=no", /nodatasum,nodatacow/, /compress/],
])("B4 (IMP103): the last of compress and nodatacow wins in %s", (options, there, gone) => {
  const seen = inSandbox(
    `
    make_btrfs
    first_mount "$1" top
    fact options "$(options_of top)"`,
    options,
  );
  expect(seen.options).toMatch(there);
  expect(seen.options).not.toMatch(gone);
});

/** Everything the rule has an opinion about, except what needs more devices or another build of the kernel. */
const TRIED = [
  ..."acl noacl autodefrag noautodefrag barrier nobarrier clear_cache datacow nodatacow datasum nodatasum".split(" "),
  ..."enospc_debug noenospc_debug flushoncommit noflushoncommit nodiscard rescan_uuid_tree skip_balance".split(" "),
  ..."ssd nossd ssd_spread nossd_spread treelog notreelog usebackuproot user_subvol_rm_allowed degraded".split(" "),
  ..."commit=120 commit compress compress=zstd compress=zstd:3 compress=zlib:9 compress=lzo compress=none".split(" "),
  ..."compress-force=zstd:1 discard discard=async discard=sync discard=later space_cache=v2 thread_pool=4".split(" "),
  ..."max_inline=2048 metadata_ratio=1 fatal_errors=bug fatal_errors=warn noatime lazytime nofail".split(" "),
  ..."x-systemd.device-timeout=5s nosuid".split(" "),
  ..."compression=zstd compress-zstd zstd:3 neededForBoot compress=lz4 compress=gzip inode_cache recovery".split(" "),
  ..."check_int alloc_start=1 subvolrootid=5 logreplay compess=zstd no_atime data=ordered".split(" "),
];

it("B6 (IMP106): btrfs refuses exactly the options that the rule reports", { timeout: 60_000 }, async () => {
  const seen = inSandbox(
    `
    make_btrfs
    mkdir tried
    for option in "$@"; do
      if said=$(mount -t btrfs -o "loop,$option" "$IMAGE" tried 2>&1); then
        fact "$option" taken
        umount tried
      else
        fact "$option" refused
        fact "$option said" "$said"
      fi
    done`,
    ...TRIED,
  );
  const entries = TRIED.map(
    (option, index) =>
      `fileSystems."/${index}" = { device = "/dev/vd${index}"; fsType = "btrfs"; options = [ "${option}" ]; };`,
  );
  const findings = await findingsOf({ "/host.nix": `{\n${entries.join("\n")}\n}` });
  const reported = findings.filter(({ code }) => code === "IMP106").map(({ message }) => /`(.+?)`/.exec(message)![1]);
  expect(reported).toEqual(TRIED.filter((option) => seen[option] === "refused"));
  expect(reported.length).toBeGreaterThan(12);
  expect(seen["compression=zstd said"]).toMatch(/wrong fs type, bad option/);
});

it("B9 and D4 (IMP107, IMP204): the last of two subvol options decides what is mounted", () => {
  const seen = inSandbox(`
    make_btrfs root nix
    first_mount subvol=root,subvol=nix one
    next_mount subvol=nix,subvol=root other
    fact one "$(options_of one)"
    fact other "$(options_of other)"`);
  expect(seen.one).toMatch(/subvol=\/nix$/);
  expect(seen.other).toMatch(/subvol=\/root$/);
});

it("B9 and R11 (IMP107, IMP506): a subvolume that is not there cannot be mounted", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    attempt missing next_mount subvol=@root other`);
  expect(seen.missing).not.toBe("0");
  expect(seen["missing said"]).toMatch(/No such file or directory|wrong fs type/);
});
