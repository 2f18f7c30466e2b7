import { expect, it } from "vitest";
import { applyRetention } from "../../server/src/shell/retention-decision.ts";
import { btrbkPolicy, parseBtrbkPreserve, parseBtrbkPreserveMin } from "../../server/src/shell/retention-tools.ts";
import { inSandbox } from "./sandbox.ts";

/** Hours since the snapshots were taken: many in the last days, fewer before, over three years. */
const AGES = [
  ...Array.from({ length: 30 }, (_, index) => index * 5),
  ...Array.from({ length: 40 }, (_, index) => 150 + index * 37),
  ...Array.from({ length: 30 }, (_, index) => 1700 + index * 811),
];

const POLICIES = [
  { least: "latest", preserve: "no" },
  { least: "all", preserve: "2d" },
  { least: "2d", preserve: "14d 4w 6m" },
  { least: "36h", preserve: "0d 3w *y" },
  { least: "latest", preserve: "24h 7d *m" },
  { least: "1w", preserve: "5m 2y" },
  { least: "2m", preserve: "no" },
  { least: "1y", preserve: "*w" },
  { least: "latest", preserve: "10d 6w 12m 3y", weekday: "wednesday" },
  { least: "latest", preserve: "10d 6w 12m *y", weekday: "saturday", hour: 9 },
  { least: "3d", preserve: "*d", weekday: "monday", hour: 23 },
];

it(`S8, S15: btrbk keeps what the calculation keeps, of ${AGES.length} snapshots under ${POLICIES.length} policies`, () => {
  const seen = inSandbox(
    `
    make_btrfs persist
    first_mount subvolid=5 top
    mkdir top/snapshots
    now=$(date +%s)
    for age in ${AGES.join(" ")}; do
      btrfs subvolume snapshot -r top/persist \\
        "top/snapshots/persist.$(date -d "@$((now - age * 3600 - 60))" +%Y%m%dT%H%M)" > /dev/null
    done
    for settings in "$@"; do
      printf '%s\\n' "timestamp_format long" "lockfile /run/btrbk.lock" "snapshot_dir snapshots" "$settings" \\
        "volume /mnt/top" "  snapshot_create no" "  subvolume persist" > btrbk.conf
      fact "before $settings" "$(date +%s)"
      attempt "$settings" btrbk --config=btrbk.conf dryrun
      fact "after $settings" "$(date +%s)"
    done
    fact there "$(ls top/snapshots)"`,
    ...POLICIES.map(settingsOf),
  );
  const names = (seen.there ?? "").split("\n");
  expect(names).toHaveLength(AGES.length);
  let deletedByAny = 0;
  for (const given of POLICIES) {
    const settings = settingsOf(given);
    const said = seen[`${settings} said`] ?? "";
    const deleted = new Set([...said.matchAll(/^--- .*\/(persist\.\S+)$/gm)].map(([, name]) => name as string));
    deletedByAny += deleted.size;
    const expected = ["before", "after"].map((when) => deletedBy(given, names, Number(seen[`${when} ${settings}`])));
    // The hour may have changed while btrbk ran.
    expect(
      expected.map((set) => [...set].join(" ")),
      settings,
    ).toContain(names.filter((name) => deleted.has(name)).join(" "));
  }
  expect(deletedByAny).toBeGreaterThan(AGES.length);
});

type Given = (typeof POLICIES)[number];

function settingsOf({ least, preserve, weekday, hour }: Given): string {
  return [
    `snapshot_preserve_min ${least}`,
    `snapshot_preserve ${preserve}`,
    ...(weekday === undefined ? [] : [`preserve_day_of_week ${weekday}`]),
    ...(hour === undefined ? [] : [`preserve_hour_of_day ${hour}`]),
  ].join("\n");
}

function deletedBy({ least, preserve, weekday, hour }: Given, names: readonly string[], now: number): Set<string> {
  const minimum = parseBtrbkPreserveMin(least, "snapshot");
  const rules = parseBtrbkPreserve(preserve);
  if (!minimum.ok || !rules.ok) throw new Error(`${least}, ${preserve}`);
  const policy = btrbkPolicy(minimum, rules, weekday, hour);
  const snapshots = names.map((name) => ({ name, taken: takenAt(name) }));
  const gone = applyRetention(policy, snapshots, now).filter(({ keep }) => !keep);
  return new Set(gone.map(({ snapshot }) => snapshot.name));
}

function takenAt(name: string): number {
  const [, year, month, day, hour, minute] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(name) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) / 1000;
}
