import { diffCli } from "./diff.ts";
import { gcCli } from "./gc.ts";
import { listCli } from "./list.ts";
import { persistCli } from "./persist.ts";
import type { RemoteCli } from "./remote-cli.ts";
import { restoreCli } from "./restore.ts";
import { rollbackCli } from "./rollback.ts";
import { showCli } from "./show.ts";
import { snapshotCli } from "./snapshot.ts";
import { statusCli } from "./status.ts";

/** One entry for each of `REMOTE_COMMANDS`, in the order of the help. */
export const REMOTE_CLIS: readonly RemoteCli[] = [
  statusCli,
  listCli,
  snapshotCli as RemoteCli,
  gcCli as RemoteCli,
  diffCli as RemoteCli,
  persistCli as RemoteCli,
  showCli as RemoteCli,
  restoreCli as RemoteCli,
  rollbackCli as RemoteCli,
];
