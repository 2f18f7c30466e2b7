import { rollbackCommand } from "../../remote/rollback/rollback.ts";
import type { RollbackOptions, RollbackResult } from "../../remote/rollback/rollback-schema.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const rollbackCli: RemoteCli<RollbackOptions, RollbackResult> = {
  command: rollbackCommand,
  declare: (command) =>
    command
      .argument("[subvolume]", "a mount point, a path from the toplevel, or a uuid; none: show the rollbacks there are")
      .argument("[snapshot]", "its path, its uuid, or the last part of its path")
      .option("--stop <units...>", "stop these units meanwhile, and start them again whatever happens")
      .option("--at-next-boot", "leave mounts as they are; they show the old data until the host is restarted")
      .option("--unrelated", "take the snapshot though nothing shows that it is one of that subvolume")
      .option("--undo <id>", "exchange the two again")
      .option("--discard <id>", "delete what is not in use; this cannot be undone")
      .option("--repair", "bring an interrupted rollback to its end"),
  exitCode: ({ done, did, pending, rollbacks }) => {
    if (!done) return did === undefined ? 2 : 1;
    const isBroken = rollbacks.some(({ state }) => state === "half-done" || state === "being-discarded");
    return pending.length > 0 || isBroken ? 1 : 0;
  },
};
