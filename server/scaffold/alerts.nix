# Alert rules for Prometheus about what scripts/metrics.sh writes. Takes the thresholds, gives the groups of a rule file.
{
  staleHours,
  slowSnapshotSeconds,
  slowWipeSeconds,
  freePercent,
  overheadPercent,
  unpersistedMiB,
  scrubDays,
}:

let
  rule = alert: severity: hold: expr: summary: {
    inherit alert expr;
    for = hold;
    labels = { inherit severity; };
    annotations = { inherit summary; };
  };
  text = builtins.toString;
in
{
  groups = [
    {
      name = "server-impermanence";
      rules = [
        (rule "ServerRootNotFresh" "critical" "5m"
          ''server_impermanence_wipe_verified == 0 unless on (instance, job) server_impermanence_boot_result{result="skipped"} == 1''
          "{{ $labels.instance }} booted with the root of an earlier boot: journalctl -b says why."
        )
        (rule "ServerWipeSlow" "warning" "0m"
          "server_impermanence_wipe_duration_seconds > ${text slowWipeSeconds}"
          "The wipe of {{ $labels.instance }} took {{ $value }} seconds."
        )
        (rule "ServerStateUnpersisted" "warning" "1h"
          "server_impermanence_root_bytes > ${text (unpersistedMiB * 1048576)}"
          "{{ $value | humanize1024 }}B on the root of {{ $labels.instance }} go at the next boot."
        )
        (rule "ServerSnapshotFailed" "critical" "0m" "server_snapshots_last_run_success == 0"
          "Snapshots of {{ $labels.instance }} could not be taken: journalctl -u server-snapshots says why."
        )
        (rule "ServerSnapshotSlow" "warning" "0m"
          "server_snapshots_last_run_duration_seconds > ${text slowSnapshotSeconds}"
          "Taking snapshots of {{ $labels.instance }} took {{ $value }} seconds."
        )
        (rule "ServerSnapshotStale" "critical" "15m"
          "time() - server_snapshots_newest_timestamp_seconds > ${text (staleHours * 3600)}"
          "The newest snapshot of {{ $labels.series }} on {{ $labels.instance }} is {{ $value | humanizeDuration }} old."
        )
        (rule "ServerSnapshotMissing" "critical" "${text staleHours}h" "server_snapshots == 0"
          "There is no snapshot of {{ $labels.series }} on {{ $labels.instance }}."
        )
        (rule "ServerSnapshotOverhead" "warning" "1h"
          "server_snapshots_held_bytes / server_btrfs_size_bytes * 100 > ${text overheadPercent}"
          "Snapshots hold on to {{ $value | printf \"%.0f\" }} % of the disk of {{ $labels.instance }}."
        )
        (rule "ServerSpaceLow" "critical" "15m"
          "server_btrfs_free_bytes / server_btrfs_size_bytes * 100 < ${text freePercent}"
          "{{ $value | printf \"%.0f\" }} % of the disk of {{ $labels.instance }} are free."
        )
        (rule "ServerDiskErrors" "critical" "0m"
          "server_btrfs_device_errors > 0 or server_btrfs_scrub_errors > 0"
          "The disk of {{ $labels.instance }} has had {{ $value }} errors."
        )
        (rule "ServerScrubStale" "warning" "1h"
          "time() - server_btrfs_scrub_timestamp_seconds > ${text (scrubDays * 86400)}"
          "The last scrub of {{ $labels.instance }} was {{ $value | humanizeDuration }} ago."
        )
        (rule "ServerMetricsStale" "warning" "10m"
          ''time() - node_textfile_mtime_seconds{file=~".*server-impermanence.prom"} > 3600''
          "{{ $labels.instance }} writes no metrics: journalctl -u server-metrics says why."
        )
      ];
    }
  ];
}
