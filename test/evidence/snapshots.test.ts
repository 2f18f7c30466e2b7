import { expect, it } from "vitest";
import { findingsOf } from "../../server/src/testing/spec-check.ts";
import { inSandbox } from "./sandbox.ts";

it("S1 (IMP602): a snapshot inherits its times, so find takes one made just now for an old one", () => {
  const seen = inSandbox(`
    make_btrfs persist
    first_mount subvolid=5 top
    cd top
    touch -d '45 days ago' persist
    mkdir snapshots
    fact now "$(date +%s)"
    btrfs subvolume snapshot -r persist snapshots/persist-now > /dev/null
    fact modified "$(stat --format=%Y snapshots/persist-now)"
    fact "born with" "$(stat --format=%W persist) $(stat --format=%W snapshots/persist-now)"
    fact created "$(btrfs subvolume show snapshots/persist-now | sed -n 's/.*Creation time:[[:space:]]*//p' | date -f - +%s)"
    fact old "$(find snapshots -mindepth 1 -maxdepth 1 -mtime +30)"`);
  expect(seen.old).toBe("snapshots/persist-now");
  expect(Number(seen.now) - Number(seen.modified)).toBeGreaterThan(44 * 86_400);
  const [source, snapshot] = seen["born with"]!.split(" ");
  expect(snapshot).toBe(source);
  // Only what btrfs itself writes down is the age of the snapshot.
  expect(Math.abs(Number(seen.created) - Number(seen.now))).toBeLessThan(60);
});

/** Ages as they are written behind -mtime. */
const AGES = ["+30", "30", "-30", "+30d", "+4w", "30days", "+1.5.2", "+", "+30 ", "-7d"];

it("S2 (IMP601): find refuses exactly the ages that the rule reports", async () => {
  const seen = inSandbox(
    `
    mkdir empty
    for age in "$@"; do attempt "$age" find empty -mtime "$age"; done`,
    ...AGES,
  );
  const refused = AGES.filter((age) => seen[age] !== "0");
  expect(refused).toContain("+30d");
  expect(seen["+30d said"]).toMatch(/invalid argument [`']\+30d' to [`']-mtime'/);
  const reported: string[] = [];
  for (const age of AGES) {
    const host = `{ systemd.services.clean.script = ''\nfind /.snapshots -mtime '${age}' -delete\n''; }`;
    const findings = await findingsOf({ "/host.nix": host });
    if (findings.some(({ code }) => code === "IMP601")) reported.push(age);
  }
  expect(reported).toEqual(refused);
});

it("S5 and R18 (IMP604): snapshots inside the root go away with it", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    mkdir top/root/.snapshots top/old_roots
    btrfs subvolume snapshot -r top/root top/root/.snapshots/1 > /dev/null
    mv top/root top/old_roots/20260101T000000
    btrfs subvolume create top/root > /dev/null
    fact subvolumes "$(subvolumes_of top)"
    fact root "$(ls -A top/root)"`);
  expect(seen.subvolumes).toBe("old_roots/20260101T000000 old_roots/20260101T000000/.snapshots/1 root");
  expect(seen.root).toBe("");
});

it("S4: a snapshot of the root holds empty directories in place of the subvolumes inside it", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume create top/root/persist > /dev/null
    touch top/root/persist/data
    btrfs subvolume snapshot -r top/root top/snapshot > /dev/null
    fact snapshot "$(ls top/snapshot)"
    fact inside "$(ls -A top/snapshot/persist)"`);
  expect(seen.snapshot).toBe("persist");
  expect(seen.inside).toBe("");
});

it("S6 (IMP605): a snapshot without -r can be changed, and cannot be sent", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    cd top
    btrfs subvolume snapshot root writable > /dev/null
    btrfs subvolume snapshot -r root readonly > /dev/null
    for kind in writable readonly; do
      fact "$kind flag" "$(btrfs property get $kind ro)"
      attempt "write $kind" touch $kind/file
      attempt "send $kind" btrfs send --quiet -f /mnt/stream $kind
    done`);
  expect(seen["writable flag"]).toBe("ro=false");
  expect(seen["write writable"]).toBe("0");
  expect(seen["send writable"]).not.toBe("0");
  expect(seen["send writable said"]).toContain("not read-only");
  expect(seen["readonly flag"]).toBe("ro=true");
  expect(seen["write readonly said"]).toContain("Read-only file system");
  expect(seen["send readonly"]).toBe("0");
});

it("S7 (IMP615): only a subvolume can be the source of a snapshot", () => {
  const seen = inSandbox(`
    make_btrfs persist
    first_mount subvolid=5 top
    cd top
    mkdir persist/caddy
    attempt directory btrfs subvolume snapshot -r persist/caddy one
    attempt missing btrfs subvolume snapshot -r persist/nothing two
    fact subvolumes "$(subvolumes_of .)"`);
  expect(seen.directory).not.toBe("0");
  expect(seen["directory said"]).toContain("Not a Btrfs subvolume");
  expect(seen.missing).not.toBe("0");
  expect(seen["missing said"]).toMatch(/Could not statfs|cannot access|No such file/);
  expect(seen.subvolumes).toBe("persist");
});

it("S20 (IMP606): date +%u goes from 1 to 7 with Sunday 7, and date +%w from 0 to 6", () => {
  const seen = inSandbox(`
    for day in 0 1 2 3 4 5 6; do week="\${week:-}$(date -d "2026-11-15 + $day days" '+%a%u%w ')"; done
    fact week "$week"`);
  expect(seen.week).toBe("Sun70 Mon11 Tue22 Wed33 Thu44 Fri55 Sat66 ");
});

it("S22: find without -maxdepth walks through every file of every snapshot", () => {
  const seen = inSandbox(`
    make_btrfs persist
    first_mount subvolid=5 top
    mkdir -p top/persist/srv/root-1 top/snapshots
    btrfs subvolume snapshot -r top/persist top/snapshots/root-2 > /dev/null
    fact found "$(find top/snapshots -name 'root-*' | sort | paste --serial --delimiters=' ')"`);
  expect(seen.found).toBe("top/snapshots/root-2 top/snapshots/root-2/srv/root-1");
});
