import { type Persisted, type PersistOptions, persistCommand } from "../../remote/persist/persist.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const persistCli: RemoteCli<PersistOptions, Persisted> = {
  command: persistCommand,
  declare(command) {
    command
      .argument("<paths...>", "absolute paths on the host, as diff shows them")
      .option("--write", "change the files; without it, only the patch is shown");
  },
  exitCode: ({ refused }) => (refused.length > 0 ? 1 : 0),
};
