import { type Shown, type ShowOptions, showCommand } from "../../remote/show/show.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const showCli: RemoteCli<ShowOptions, Shown> = {
  command: showCommand,
  declare(command) {
    command
      .argument("<snapshot>", "a snapshot, or `now` for the root as it is")
      .argument("<path>", "of the file, from the top of the snapshot")
      .option("--limit <bytes>", "show files up to this size (default: 1 MiB)");
  },
  exitCode: ({ text, type, binary }) => (text !== undefined || binary || type === "symlink" ? 0 : 1),
};
