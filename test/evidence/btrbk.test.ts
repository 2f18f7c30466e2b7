import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

/** Days since the snapshots were made that btrbk finds. */
const AGES = [400, 100, 20, 1];

/** What btrbk would do with those snapshots under these settings, and which of them it would delete. */
function dryRun(...settings: readonly string[]) {
  const seen = inSandbox(
    `
    make_btrfs persist
    first_mount subvolid=5 top
    mkdir top/snapshots
    for age in ${AGES.join(" ")}; do
      day=$(date -d "$age days ago" +%Y%m%d)
      btrfs subvolume snapshot -r top/persist "top/snapshots/persist.$day" > /dev/null
      fact "$day" "$age"
    done
    printf '%s\\n' "timestamp_format short" "lockfile /run/btrbk.lock" "$@" \\
      "volume /mnt/top" "  subvolume persist" > btrbk.conf
    attempt btrbk btrbk --config=btrbk.conf dryrun`,
    ...settings,
  );
  const said = seen["btrbk said"] ?? "";
  const deleted = [...said.matchAll(/^--- .*persist\.(\d{8})$/gm)].map(([, day]) => Number(seen[day!]));
  return { status: seen.btrbk, said, deleted: deleted.sort((a, b) => b - a), creates: /^\+\+\+ /m.test(said) };
}

it("S9 (snapshot_preserve without a minimum): btrbk keeps every snapshot", () => {
  expect(dryRun("snapshot_dir snapshots", "snapshot_preserve 2d")).toMatchObject({
    status: "0",
    deleted: [],
    creates: true,
  });
  // The same policy, once the minimum is said.
  const bounded = dryRun("snapshot_dir snapshots", "snapshot_preserve_min latest", "snapshot_preserve 2d");
  expect(bounded.deleted).toEqual([400, 100, 20]);
});

it("S10 (a minimum alone): btrbk deletes all that is older", () => {
  expect(dryRun("snapshot_dir snapshots", "snapshot_preserve_min 2d").deleted).toEqual([400, 100, 20]);
  expect(dryRun("snapshot_dir snapshots", "snapshot_preserve_min latest").deleted).toEqual(AGES);
});

it.each([
  ["snapshot_preserve_min no", 'Unsupported value "no"'],
  ["snapshot_preserve 14x", 'Value "14x" failed input validation'],
])("S10 (invalid policies): btrbk refuses %s", (setting, message) => {
  const { status, said } = dryRun("snapshot_dir snapshots", setting);
  expect(status).toBe("2");
  expect(said).toContain(message);
});

it("S11 (snapshot_dir that is not there): btrbk does not make the directory, and makes no snapshot", () => {
  const { status, said, creates } = dryRun("snapshot_dir missing", "snapshot_preserve_min 2d");
  expect(status).not.toBe("0");
  expect(said).toContain("Aborted: Failed to fetch subvolume detail for snapshot_dir");
  expect(creates).toBe(false);
});

it("S9 (in place of a script): btrbk takes subvolumes and a directory by their absolute paths, without a volume", () => {
  const seen = inSandbox(`
    make_btrfs persist
    first_mount subvolid=5 top
    mkdir top/snapshots
    printf '%s\\n' "timestamp_format long" "lockfile /run/btrbk.lock" "snapshot_dir /mnt/top/snapshots" \\
      "snapshot_preserve_min 2d" "snapshot_preserve 14d 4w 3m" "subvolume /mnt/top/persist" > btrbk.conf
    attempt run btrbk --config=btrbk.conf run
    fact made "$(ls top/snapshots | sed 's/[0-9]\\{8\\}T[0-9]\\{4\\}/DATE/')"`);
  expect(seen.run).toBe("0");
  expect(seen.made).toBe("persist.DATE");
});
