import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toJson } from "../../server/src/eval/json.ts";
import { inSandbox } from "../evidence/sandbox.ts";
import { scaffoldHosts } from "./hosts.ts";
import { onServer } from "./run-scripts.ts";
import { analyseServer } from "./server-modules.ts";

const PREPARED = `
  make_host snapshots
  next_mount subvol=snapshots snaps
  next_mount subvol=root root
  export SOURCES='persist /mnt/persist' TARGET=/mnt/snaps MIN_FREE=1
  export DIRECTORY=/mnt/metrics
  umount root
  boot > /dev/null
  next_mount subvol=root root
  mkdir -p /run/server-impermanence
  cp "$STATE" /run/server-impermanence/boot
  cp "$STATE.root" /run/server-impermanence/boot.root
  unset STATE
  take() { env "$@" /bin/dash -e "$SCRIPTS/snapshot.sh"; }
  metrics() { env SOURCES="persist /mnt/persist
other /mnt/other" ROOT=/mnt/root ARCHIVE=old_roots "$@" /bin/dash -e "$SCRIPTS/metrics.sh"; }
  value() { sed -n "s/^$1 //p" metrics/server-impermanence.prom; }`;

describe("metrics.sh", () => {
  it("says what is there, in a form that Prometheus takes", () => {
    const seen = onServer(`${PREPARED}
      attempt before metrics
      cp metrics/server-impermanence.prom before.prom
      take NOW=$(date -u -d 2026-11-21T09:30:05Z +%s) > /dev/null
      take NOW=$(date -u -d 2026-11-21T10:30:05Z +%s) > /dev/null
      head --bytes=3000000 /dev/urandom > root/forgotten
      sync
      attempt again metrics
      attempt promtool promtool check metrics < metrics/server-impermanence.prom
      attempt "promtool before" promtool check metrics < before.prom
      fact metrics "$(cat metrics/server-impermanence.prom)"
      fact first "$(cat before.prom)"
      fact left "$(ls metrics)"
      fact mode "$(stat -c %a metrics/server-impermanence.prom)"
      # What a run that fails leaves, and a root that is not the one that the boot made.
      attempt failed take MIN_FREE=100000
      umount root
      next_mount subvol=persist root
      metrics
      fact success "$(value server_snapshots_last_run_success)"
      fact verified "$(value server_impermanence_wipe_verified)"`);
    expect(seen).toMatchObject({
      before: "0",
      again: "0",
      promtool: "0",
      "promtool said": "",
      left: LEFT,
      mode: "644",
    });
    expect(seen).toMatchObject({ "promtool before": "0", "promtool before said": "", success: "0", verified: "0" });
    const of = (text: string) =>
      Object.fromEntries(text.split("\n").flatMap((line) => (line.startsWith("#") ? [] : [line.split(" ")])));
    const now = of(seen.metrics!);
    expect(now).toMatchObject({
      server_impermanence_wipe_verified: "1",
      'server_impermanence_boot_result{result="wiped"}': "1",
      'server_impermanence_boot_result{result="failed"}': "0",
      server_impermanence_archived_roots: "1",
      'server_snapshots{series="persist"}': "2",
      'server_snapshots{series="other"}': "0",
      'server_snapshots_newest_timestamp_seconds{series="persist"}': String(Date.UTC(2026, 10, 21, 10, 30, 5) / 1000),
      server_snapshots_last_run_success: "1",
      server_btrfs_device_errors: "0",
      // Measured at the first run, and told again at the second.
      server_snapshots_held_bytes: "0",
      server_btrfs_size_bytes: String(512 * 1024 * 1024),
    });
    expect(Number(now.server_impermanence_root_bytes)).toBeGreaterThan(3_000_000);
    expect(Number(now.server_btrfs_free_bytes)).toBeGreaterThan(100_000_000);
    expect(now).not.toHaveProperty('server_snapshots_newest_timestamp_seconds{series="other"}');
    // Before the first run nothing is said of it.
    expect(of(seen.first!)).not.toHaveProperty("server_snapshots_last_run_success");
  });

  it("counts snapshots of btrbk, sees a scrub and its errors, and what only snapshots hold", () => {
    const seen = onServer(`${PREPARED}
      btrfs subvolume snapshot -r persist snaps/persist.20261121T093005+0100 > /dev/null
      btrfs subvolume snapshot -r persist snaps/persist.notes > /dev/null
      sync
      btrfs subvolume snapshot -r persist snaps/persist.20261121T103005+0100 > /dev/null
      # Two snapshots have it, and nothing else.
      rm persist/lib/1
      btrfs filesystem sync /mnt/persist
      btrfs scrub start -B /mnt/persist > /dev/null
      metrics
      fact count "$(value 'server_snapshots{series="persist"}')"
      fact newest "$(value 'server_snapshots_newest_timestamp_seconds{series="persist"}')"
      fact scrub "$(value server_btrfs_scrub_errors)"
      fact age "$(( $(date +%s) - $(value server_btrfs_scrub_timestamp_seconds) ))"
      fact held "$(value server_snapshots_held_bytes)"`);
    expect(seen).toMatchObject({ count: "2", newest: String(Date.UTC(2026, 10, 21, 9, 30, 5) / 1000), scrub: "0" });
    expect(Number(seen.age)).toBeLessThan(600);
    // 100,000 bytes, in blocks of 4 KiB.
    expect(seen.held).toBe("102400");
  });
});

const LEFT = "server-impermanence.prom";

/** What Prometheus says of the rules after these series, each with one value for two days. */
const CASES: readonly (readonly [alert: string, series: string, value: string, fires: boolean])[] = [
  ["ServerRootNotFresh", "server_impermanence_wipe_verified", "0", true],
  ["ServerRootNotFresh", "server_impermanence_wipe_verified", "1", false],
  ["ServerWipeSlow", "server_impermanence_wipe_duration_seconds", "121", true],
  ["ServerWipeSlow", "server_impermanence_wipe_duration_seconds", "120", false],
  ["ServerStateUnpersisted", "server_impermanence_root_bytes", "1073741825", true],
  ["ServerSnapshotFailed", "server_snapshots_last_run_success", "0", true],
  ["ServerSnapshotFailed", "server_snapshots_last_run_success", "1", false],
  ["ServerSnapshotSlow", "server_snapshots_last_run_duration_seconds", "31", true],
  ["ServerSnapshotSlow", "server_snapshots_last_run_duration_seconds", "30", false],
  ["ServerSnapshotStale", "server_snapshots_newest_timestamp_seconds", "100", true],
  ["ServerSnapshotStale", "server_snapshots_newest_timestamp_seconds", "172000", false],
  ["ServerSnapshotMissing", "server_snapshots", "0", true],
  ["ServerDiskErrors", "server_btrfs_device_errors", "1", true],
  ["ServerDiskErrors", "server_btrfs_scrub_errors", "1", true],
];

describe("alert rules", () => {
  it("are rules for Prometheus, and fire when the documents' thresholds are passed", { timeout: 60_000 }, async () => {
    const { hosts } = await analyseServer(scaffoldHosts().at(-1)!);
    const node = hosts[0]!.config.at("services", "prometheus", "rules").value();
    const json = toJson(node);
    if (!("json" in json)) throw new Error("the rules are not known");
    const [rules] = json.json as string[];
    const tests = CASES.map(([alert, series, value, fires]) => ({
      interval: "1h",
      input_series: [{ series: `${series}{instance="web"}`, values: `${value}x48` }],
      alert_rule_test: [{ eval_time: "2d", alertname: alert, exp_alerts: fires ? [{}] : [] }],
    }));
    const overhead = (alert: string, top: string, value: number, fires: boolean) => ({
      interval: "1h",
      input_series: [
        { series: `${top}{instance="web"}`, values: `${value}x48` },
        { series: 'server_btrfs_size_bytes{instance="web"}', values: "1000x48" },
      ],
      alert_rule_test: [{ eval_time: "2d", alertname: alert, exp_alerts: fires ? [{}] : [] }],
    });
    const skipped = {
      interval: "1h",
      input_series: [
        { series: 'server_impermanence_wipe_verified{instance="web"}', values: "0x48" },
        { series: 'server_impermanence_boot_result{instance="web", result="skipped"}', values: "1x48" },
      ],
      alert_rule_test: [{ eval_time: "2d", alertname: "ServerRootNotFresh", exp_alerts: [] }],
    };
    const all = [
      ...tests,
      overhead("ServerSnapshotOverhead", "server_snapshots_held_bytes", 151, true),
      overhead("ServerSnapshotOverhead", "server_snapshots_held_bytes", 150, false),
      overhead("ServerSpaceLow", "server_btrfs_free_bytes", 99, true),
      overhead("ServerSpaceLow", "server_btrfs_free_bytes", 100, false),
      skipped,
    ];
    const seen = inSandbox(
      `printf '%s' "$1" > rules.json
      attempt check promtool check rules rules.json
      printf '%s' "$2" > rules.json
      printf '%s' "$3" > test.json
      attempt test promtool test rules test.json`,
      rules!,
      withoutWords(rules!),
      JSON.stringify({
        rule_files: ["rules.json"],
        evaluation_interval: "1h",
        tests: all.map((one) => withLabels(one, rules!)),
      }),
    );
    expect(seen.check, seen["check said"]).toBe("0");
    expect(seen.test, seen["test said"]).toBe("0");
  });

  it("have a dashboard that asks for nothing but what is written", () => {
    const text = readFileSync(new URL("../../server/scaffold/dashboard.json", import.meta.url), "utf8");
    const dashboard = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
    const metrics = readFileSync(new URL("../../server/scaffold/scripts/metrics.sh", import.meta.url), "utf8");
    const asked = dashboard.panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/server_\w+/g) ?? []),
    );
    expect(asked.length).toBeGreaterThan(8);
    for (const name of asked) expect(metrics, name).toContain(name);
  });
});

/** The rules without their sentences, which would have to be repeated as what is expected. */
function withoutWords(rules: string): string {
  return JSON.stringify(JSON.parse(rules), (key, value: unknown) => (key === "annotations" ? undefined : value));
}

interface RuleTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[];
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
}

/** Labels of an alert are compared too: they are those of the rule. */
function withLabels<T extends RuleTest>(test: T, rules: string): T {
  const { groups } = JSON.parse(rules) as { groups: { rules: { alert: string; labels: object }[] }[] };
  const found = (name: string) => groups[0]!.rules.find(({ alert }) => alert === name)!;
  return {
    ...test,
    alert_rule_test: test.alert_rule_test.map((one) => ({
      ...one,
      exp_alerts: one.exp_alerts.map(() => ({ exp_labels: { ...found(one.alertname).labels, instance: "web" } })),
    })),
  };
}
