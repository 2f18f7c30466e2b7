import { listCommand, type SnapshotList } from "../../remote/list.ts";
import type { RemoteCli } from "./remote-cli.ts";

export const listCli: RemoteCli<object, SnapshotList> = {
  command: listCommand,
  severalHosts: true,
  exitCode: ({ complete }) => (complete ? 0 : 2),
};
