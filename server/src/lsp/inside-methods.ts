import type { WorkspaceEdit } from "vscode-languageserver";
import type { PersistChange } from "../remote/remote-command.ts";

/** Requests of the main thread, which runs ssh, to the thread that evaluates. No client sends them. */
export const inside = {
  /** Without parameters: the names of the hosts of the workspace. */
  hostNames: "inside/hostNames",
  /** `{ name }`: `{ facts }`, `{ why }` for a host that cannot be evaluated, or null when there is none. */
  host: "inside/host",
  /** `{ name, paths }`: the fates of the paths by that host's configuration. */
  fates: "inside/fates",
  /** `{ name, entries }`: {@link PlannedPersist}, or `{ why }`. */
  persist: "inside/persist",
} as const;

/** How entries are persisted, and the edit that does it. */
export interface PlannedPersist {
  readonly change: PersistChange;
  readonly edit: WorkspaceEdit;
}
