import { type SnapshotOptions, type SnapshotResult, snapshotCommand } from "../../remote/snapshot/snapshot.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const snapshotCli: RemoteCli<SnapshotOptions, SnapshotResult> = {
  command: snapshotCommand,
  declare: (command) =>
    command
      .argument(
        "[subvolumes...]",
        "mount points (/persist), or paths from the toplevel (@persist); none: all critical ones",
      )
      .option("--all", "all critical subvolumes; the same as naming none")
      .option("--to <folder>", "where snapshots go: a path of the host, or from the toplevel of the filesystem")
      .option("--request <id>", "a second call with the same id finds the snapshots of the first"),
  exitCode: ({ done, snapshots }) => (done ? 0 : snapshots.length > 0 ? 1 : 2),
};
