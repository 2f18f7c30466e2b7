import type { ApplyWorkspaceEditResult } from "vscode-languageserver";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import type { ConfiguredHost, PathFate } from "../../remote/remote-command.ts";
import type { FactsJson } from "../../report/schema.ts";
import { inside, type PlannedPersist } from "../inside-methods.ts";

import type { ClientLine } from "./client-line.ts";

/** Asks the thread that evaluates. */
export type AskThread = <R>(method: string, params: object) => Promise<R>;

/** The hosts of the workspace, which another thread evaluates. */
export class ConfiguredHosts {
  private readonly ask: AskThread;
  private readonly client: ClientLine;

  constructor(ask: AskThread, client: ClientLine) {
    this.ask = ask;
    this.client = client;
  }

  names(): Promise<string[]> {
    return this.ask<string[]>(inside.hostNames, {});
  }

  /** Undefined when there is no such host, a reason when it cannot be evaluated. */
  async find(name: string): Promise<ConfiguredHost | { readonly why: string } | undefined> {
    const found = await this.ask<{ facts: FactsJson } | { why: string } | null>(inside.host, { name });
    if (!found || "why" in found) return found ?? undefined;
    return {
      facts: found.facts,
      fates: (paths) => this.ask<PathFate[]>(inside.fates, { name, paths }),
      persist: (entries, write) => this.persist(name, entries, write),
    };
  }

  /** The editor changes the files, so that it can show the change first and take it back. */
  private async persist(name: string, entries: readonly PersistedEntry[], write: boolean) {
    const planned = await this.ask<PlannedPersist | { why: string }>(inside.persist, { name, entries });
    if ("why" in planned) return planned;
    const { change, edit } = planned;
    if (write) {
      const params = { label: change.title, edit };
      const { applied, failureReason } = await this.client.request<ApplyWorkspaceEditResult>(
        "workspace/applyEdit",
        params,
      );
      if (!applied) return { why: failureReason ?? "the editor did not apply the change" };
    }
    return change;
  }
}
