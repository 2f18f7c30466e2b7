import { describe, expect, it } from "vitest";
import { onServer } from "./run-scripts.ts";

const PREPARED = `
  make_host snapshots
  next_mount subvol=snapshots snaps
  export SOURCES='persist /mnt/persist' TARGET=/mnt/snaps MIN_FREE=1
  export SERIES=persist RECENT=5 WEEKS=4 MONTHS=12 DAYS=0
  take() { env "$@" /bin/dash -e "$SCRIPTS/snapshot.sh"; }
  expire() { env "$@" /bin/dash -e "$SCRIPTS/expire-snapshots.sh"; }
  seconds() { date -u -d "$1" +%s; }
  left() { ls snaps | paste --serial --delimiters=' '; }`;

describe("snapshot.sh", () => {
  it("takes read-only snapshots that hold the data, in less than the documents' 30 s", () => {
    const seen = onServer(`${PREPARED}
      start=$(date +%s%N)
      attempt take take NOW=$(seconds 2026-11-21T09:30:05Z)
      fact took "$(( ($(date +%s%N) - start) / 1000000 ))"
      fact name "$(left)"
      fact "read-only" "$(btrfs property get -ts "snaps/$(left)" ro)"
      fact same "$(cd snaps/persist-* && find . -type f -exec sha256sum {} + | sort | sha256sum)"
      fact before "$PERSISTED"`);
    expect(seen.take, seen["take said"]).toBe("0");
    expect(seen).toMatchObject({ name: "persist-20261121-093005", "read-only": "ro=true", same: seen.before });
    expect(seen["take said"]).toMatch(
      /^server-snapshots: verb=snapshot source=\/mnt\/persist path=\S+ uuid=[0-9a-f-]{36} rc=0$/,
    );
    console.log(`A snapshot took ${seen.took} ms.`);
    expect(Number(seen.took)).toBeLessThan(30_000);
  });

  it("goes on with the other sources, and says what failed", () => {
    const seen = onServer(`${PREPARED}
      mkdir persist/plain
      export SOURCES="plain /mnt/persist/plain
nowhere /mnt/nowhere
persist /mnt/persist" NOW=$(seconds 2026-01-01)
      attempt first take
      fact left "$(left)"
      attempt taken take SOURCES='persist /mnt/persist'
      fact inside "$(ls -x snaps/persist-*)"`);
    expect(seen).toMatchObject({ first: "1", left: "persist-20260101-000000", taken: "1", inside: "lib  plain" });
    expect(seen["first said"]).toMatch(/source=\/mnt\/persist\/plain .*rc=1 reason="ERROR: Not a Btrfs subvolume/);
    expect(seen["first said"]).toMatch(/source=\/mnt\/nowhere .*rc=1/);
    expect(seen["taken said"]).toContain('rc=1 reason="the name is taken"');
  });

  it("takes none where there is no room, no target, or others are at work", () => {
    const seen = onServer(`${PREPARED}
      attempt full take MIN_FREE=100000
      attempt nowhere take TARGET=/mnt/nowhere
      sed 's/flock -w 300/flock -n/' "$SCRIPTS/snapshot.sh" > at-once.sh
      attempt locked flock /run/server-impermanence/snapshots.lock /bin/dash at-once.sh
      fact left "$(left)"`);
    expect(seen).toMatchObject({ full: "1", nowhere: "1", locked: "1", left: "" });
    expect(seen["full said"]).toMatch(/reason="\d+ MiB are free, and 100000 are wanted"/);
  });
});

describe("expire-snapshots.sh", () => {
  it("keeps over 400 days, with one snapshot every other day, what its policy says at each", {
    timeout: 60_000,
  }, () => {
    const seen = onServer(`${PREPARED}
      day=$(seconds 2026-01-01T03:00:00Z)
      for number in {1..200}; do
        NOW=$day take > /dev/null
        NOW=$((day + 7200)) expire > /dev/null
        echo "$(left)" >> course
        day=$((day + 2 * 86400))
      done
      fact course "$(cat course)"
      [ "$(sum)" = "$PERSISTED" ] || fact changed yes`);
    let names: string[] = [];
    const course = seen.course!.split("\n").map((line) => line.split(" "));
    expect(course).toHaveLength(200);
    course.forEach((left, index) => {
      const date = new Date(Date.UTC(2026, 0, 1 + 2 * index));
      names = kept([...names, date.toISOString().slice(0, 10)]);
      expect(left.map((name) => name.replace(/^persist-(....)(..)(..)-030000$/, "$1-$2-$3"))).toEqual(names);
    });
    expect(Math.max(...course.map((left) => left.length))).toBeLessThanOrEqual(5 + 4 + 12);
    expect(seen.changed).toBeUndefined();
  });

  it("keeps by age, and the newest whatever its age", () => {
    const seen = onServer(`${PREPARED}
      for day in 01 10 20 30; do NOW=$(seconds "2026-01-$day") take > /dev/null; done
      export RECENT=1 WEEKS=0 MONTHS=0 DAYS=30 NOW=$(seconds 2026-02-15)
      expire > /dev/null
      fact first "$(left)"
      NOW=$(seconds 2030-01-01) expire > /dev/null
      fact later "$(left)"`);
    expect(seen.first).toBe("persist-20260120-000000 persist-20260130-000000");
    expect(seen.later).toBe("persist-20260130-000000");
  });

  it("goes by generations when the clock steps, and leaves what is dated in the future", () => {
    const seen = onServer(`${PREPARED}
      for date in 2026-01-05 2026-01-06 2035-01-01 2020-01-01 2026-01-07; do
        NOW=$(seconds "$date") take > /dev/null
      done
      export RECENT=2 WEEKS=0 MONTHS=0
      NOW=$(seconds 2026-01-08) expire > /dev/null
      fact left "$(left)"`);
    // 2020 was taken last but one: it is one of the two newest, and the one of 2035 is none.
    expect(seen.left).toBe("persist-20200101-000000 persist-20260107-000000 persist-20350101-000000");
  });

  it("leaves other series, other names, writable subvolumes, directories and what is mounted", () => {
    const seen = onServer(`${PREPARED}
      btrfs subvolume snapshot -r persist snaps/persist-20200101-000000 > /dev/null
      btrfs subvolume snapshot -r persist snaps/persist-20200102-000000 > /dev/null
      btrfs subvolume snapshot -r persist snaps/other-20200101-000000 > /dev/null
      btrfs subvolume snapshot -r persist snaps/persist-20200231-000000 > /dev/null
      btrfs subvolume snapshot -r persist snaps/persist-20200103-000000-keep > /dev/null
      btrfs subvolume snapshot persist snaps/persist-20200104-000000 > /dev/null
      mkdir snaps/persist-20200105-000000
      next_mount subvol=snapshots/persist-20200102-000000 looked-at
      take > /dev/null
      attempt expire expire RECENT=1 WEEKS=0 MONTHS=0
      fact left "$(ls snaps | grep --invert-match "$(date -u +%Y)")"`);
    expect(seen.expire, seen["expire said"]).toBe("0");
    expect(seen.left!.split("\n")).toEqual([
      "other-20200101-000000",
      "persist-20200102-000000",
      "persist-20200103-000000-keep",
      "persist-20200104-000000",
      "persist-20200105-000000",
      "persist-20200231-000000",
    ]);
    expect(seen["expire said"]).toContain("persist-20200101-000000 rc=0");
    expect(seen["expire said"]).toContain("it is mounted and stays");
  });

  it("counts nothing of such names elsewhere, and refuses a directory that is no subvolume", () => {
    const seen = onServer(`${PREPARED}
      mkdir snaps/elsewhere
      for place in . elsewhere; do
        for day in 1 2 3; do
          btrfs subvolume snapshot -r persist "snaps/$place/persist-2020010$day-000000" > /dev/null
        done
      done
      export RECENT=1 WEEKS=0 MONTHS=0
      attempt directory expire TARGET=/mnt/snaps/elsewhere
      expire > /dev/null
      fact left "$(left)"
      fact elsewhere "$(ls snaps/elsewhere | wc --lines)"`);
    expect(seen).toMatchObject({ directory: "1", left: "elsewhere persist-20200103-000000", elsewhere: "3" });
  });
});

/** "5 recent + 1/week for 4 weeks + 1/month for 12 months" over dates, the oldest first, written once more. */
function kept(dates: readonly string[]): string[] {
  const newest = dates.toReversed();
  const firstOf = (bucket: (date: string) => string, limit: number): string[] =>
    [...new Set(newest.map(bucket))].slice(0, limit).map((one) => dates.find((date) => bucket(date) === one)!);
  const monday = (date: string): string => {
    const day = new Date(date);
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
    return day.toISOString();
  };
  const staying = new Set([...newest.slice(0, 5), ...firstOf(monday, 4), ...firstOf((date) => date.slice(0, 7), 12)]);
  return dates.filter((date) => staying.has(date));
}
