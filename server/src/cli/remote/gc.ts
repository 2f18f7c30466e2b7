import { type GcOptions, type GcResult, gcCommand } from "../../remote/gc/gc.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const gcCli: RemoteCli<GcOptions, GcResult> = {
  command: gcCommand,
  declare: (command) =>
    command
      .option("--keep <policy>", "what to keep: 30d, or 5 recent + 1/week for 4 weeks + 1/month")
      .option("--apply", "delete what the plan says; without it, it is only shown")
      .option("--plan <digest>", "with --apply: only if the plan is still the one that was shown"),
  exitCode: ({ done, applied }) => (done ? 0 : applied ? 1 : 2),
};
