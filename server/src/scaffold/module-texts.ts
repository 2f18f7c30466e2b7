import alerts from "../../scaffold/alerts.nix";
import btrbk from "../../scaffold/btrbk.nix";
import dashboard from "../../scaffold/dashboard.json";
import defaultModule from "../../scaffold/default.nix";
import impermanence from "../../scaffold/impermanence.nix";
import monitoring from "../../scaffold/monitoring.nix";
import performance from "../../scaffold/performance.nix";
import retention from "../../scaffold/retention.nix";
import scriptWith from "../../scaffold/script-with.nix";
import scriptedStage1 from "../../scaffold/scripted-stage-1.nix";
import cleanArchive from "../../scaffold/scripts/clean-archive.sh";
import expireSnapshots from "../../scaffold/scripts/expire-snapshots.sh";
import metrics from "../../scaffold/scripts/metrics.sh";
import setCompression from "../../scaffold/scripts/set-compression.sh";
import snapshot from "../../scaffold/scripts/snapshot.sh";
import wipeRoot from "../../scaffold/scripts/wipe-root.sh";
import snapshots from "../../scaffold/snapshots.nix";
import withDisko from "../../scaffold/with-disko.nix";
import withImpermanence from "../../scaffold/with-impermanence.nix";
import withPreservation from "../../scaffold/with-preservation.nix";

/** The files of the modules for servers, by their path below the folder that they are written to. */
export const moduleTexts: Readonly<Record<string, string>> = {
  "alerts.nix": alerts,
  "btrbk.nix": btrbk,
  "dashboard.json": `${JSON.stringify(dashboard, null, 2)}\n`,
  "default.nix": defaultModule,
  "impermanence.nix": impermanence,
  "monitoring.nix": monitoring,
  "performance.nix": performance,
  "retention.nix": retention,
  "script-with.nix": scriptWith,
  "scripted-stage-1.nix": scriptedStage1,
  "scripts/clean-archive.sh": cleanArchive,
  "scripts/expire-snapshots.sh": expireSnapshots,
  "scripts/metrics.sh": metrics,
  "scripts/set-compression.sh": setCompression,
  "scripts/snapshot.sh": snapshot,
  "scripts/wipe-root.sh": wipeRoot,
  "snapshots.nix": snapshots,
  "with-disko.nix": withDisko,
  "with-impermanence.nix": withImpermanence,
  "with-preservation.nix": withPreservation,
};
