import defaultModule from "../../scaffold/default.nix";
import impermanence from "../../scaffold/impermanence.nix";
import scriptedStage1 from "../../scaffold/scripted-stage-1.nix";
import cleanArchive from "../../scaffold/scripts/clean-archive.sh";
import expireSnapshots from "../../scaffold/scripts/expire-snapshots.sh";
import snapshot from "../../scaffold/scripts/snapshot.sh";
import wipeRoot from "../../scaffold/scripts/wipe-root.sh";
import snapshots from "../../scaffold/snapshots.nix";
import withImpermanence from "../../scaffold/with-impermanence.nix";
import withPreservation from "../../scaffold/with-preservation.nix";

/** The files of the modules for servers, by their path below the folder that they are written to. */
export const moduleTexts: Readonly<Record<string, string>> = {
  "default.nix": defaultModule,
  "impermanence.nix": impermanence,
  "scripted-stage-1.nix": scriptedStage1,
  "scripts/clean-archive.sh": cleanArchive,
  "scripts/expire-snapshots.sh": expireSnapshots,
  "scripts/snapshot.sh": snapshot,
  "scripts/wipe-root.sh": wipeRoot,
  "snapshots.nix": snapshots,
  "with-impermanence.nix": withImpermanence,
  "with-preservation.nix": withPreservation,
};
