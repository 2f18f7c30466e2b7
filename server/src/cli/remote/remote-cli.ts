import type { Command } from "commander";
import type { RemoteCommand } from "../../remote/remote-command.ts";

/** What `remote` is for. */
export const REMOTE_DESCRIPTION = "ask a running host over ssh, and change what you say there";

/** How the command line asks for a remote command: one file here for each, listed in `remote-clis.ts`. */
export interface RemoteCli<Options = unknown, Result = unknown> {
  readonly command: RemoteCommand<Options, Result>;
  /** Whether it takes several hosts, which are asked at the same time. */
  readonly severalHosts?: boolean;
  /**
   * Declares arguments after HOST, and options. Each goes into the command's options under its name in camelCase, and is
   * checked there. There already are `--format`, `--log`, `--ssh-config`, `--folder`, `--host`, `--sudo` and, where something
   * is changed, `--yes`.
   */
  declare?(command: Command): void;
  /** 0: all is well, 1: something is wrong with the host, 2: the question was not answered. */
  exitCode(result: Result): 0 | 1 | 2;
}
