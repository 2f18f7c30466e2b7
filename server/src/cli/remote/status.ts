import { type HostStatus, statusCommand } from "../../remote/status.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const statusCli: RemoteCli<object, HostStatus> = {
  command: statusCommand,
  severalHosts: true,
  exitCode({ wipe, nestedInRoot, configuration, unfinishedRollbacks = [], missingDevices = [] }) {
    const differs = configuration?.drift.some(({ severity }) => severity !== "information") ?? false;
    return wipe.atThisBoot === "no" ||
      nestedInRoot.length + unfinishedRollbacks.length + missingDevices.length > 0 ||
      differs
      ? 1
      : 0;
  },
};
