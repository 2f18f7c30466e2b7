import { diffCommand } from "./diff/diff.ts";
import { gcCommand } from "./gc/gc.ts";
import { listCommand } from "./list.ts";
import { persistCommand } from "./persist/persist.ts";
import type { RemoteCommand } from "./remote-command.ts";
import { restoreCommand } from "./restore/restore.ts";
import { rollbackCommand } from "./rollback/rollback.ts";
import { showCommand } from "./show/show.ts";
import { snapshotCommand } from "./snapshot/snapshot.ts";
import { statusCommand } from "./status.ts";

/** Everything that can be done with a host. A verb is here when it works from end to end. */
export const REMOTE_COMMANDS: readonly RemoteCommand[] = [
  statusCommand,
  listCommand,
  snapshotCommand as RemoteCommand,
  gcCommand as RemoteCommand,
  diffCommand as RemoteCommand,
  persistCommand as RemoteCommand,
  showCommand as RemoteCommand,
  restoreCommand as RemoteCommand,
  rollbackCommand as RemoteCommand,
];
