import { Option } from "commander";
import { type DiffOptions, diffCommand } from "../../remote/diff/diff.ts";
import type { Diff } from "../../remote/diff/diff-schema.ts";
import { FILTERS } from "../../remote/diff/filter-names.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const diffCli: RemoteCli<DiffOptions, Diff> = {
  command: diffCommand,
  severalHosts: true,
  declare(command) {
    command
      .option("--last-reboot", "what the last reboot lost, by the newest archived root")
      .option("--between <snapshots...>", "what differs between two snapshots, the older one first")
      .option("--baseline <snapshot>", "compare with this snapshot, or with `none`")
      .option("--all", "show everything, also what filters hide")
      .addOption(
        new Option("--show <filters...>", "show what these filters hide").choices(FILTERS.map(({ name }) => name)),
      )
      .option("--lists", "compare lists of files, even where btrfs send would be faster");
  },
  exitCode: ({ complete, rows }) => (!complete ? 2 : rows.length > 0 ? 1 : 0),
};
