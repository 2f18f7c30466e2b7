import { restoreCommand } from "../../remote/restore/restore.ts";
import type { RestoreOptions, RestoreResult } from "../../remote/restore/restore-schema.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const restoreCli: RemoteCli<RestoreOptions, RestoreResult> = {
  command: restoreCommand,
  declare: (command) =>
    command
      .argument("<snapshot>", "a snapshot or an archived root: its path, its uuid, or the last part of its path")
      .argument("[paths...]", "absolute paths, as they are on the running host")
      .option("--path-bytes <base64...>", "more paths, in base64, for names that are no UTF-8")
      .option("--from-top", "the paths begin at the top of the snapshot, as those of diff do")
      .option("--base <folder>", "the folder of the running host that the top of the snapshot stands for")
      .option("--to <folder>", "put the paths below this folder instead: with /persist, /etc/x goes to /persist/etc/x")
      .option("--overwrite", "put what is in the way aside, under a name with the time"),
  exitCode: ({ done, items }) =>
    done && items.every(({ action }) => action !== "cannot" && action !== "leave") ? 0 : items.length > 0 ? 1 : 2,
};
