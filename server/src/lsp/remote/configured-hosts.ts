import type { ApplyWorkspaceEditResult } from "vscode-languageserver";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import type { ConfiguredHost, PathFate, Plan } from "../../remote/remote-command.ts";
import { TransportError } from "../../remote/transport-error.ts";
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

  /**
   * Undefined when there is no such host, a reason when it cannot be evaluated.
   *
   * @param approve shows a change of files and asks, before the editor makes it
   */
  async find(
    name: string,
    approve: (plan: Plan, patch: string) => Promise<boolean> = async () => false,
  ): Promise<ConfiguredHost | { readonly why: string } | undefined> {
    const found = await this.ask<{ facts: FactsJson } | { why: string } | null>(inside.host, { name });
    if (!found || "why" in found) return found ?? undefined;
    return {
      facts: found.facts,
      fates: (paths) => this.ask<PathFate[]>(inside.fates, { name, paths }),
      persist: (entries, write) => this.persist(name, entries, write ? approve : undefined),
    };
  }

  /** The editor changes the files, so that it can take the change back. */
  private async persist(
    name: string,
    entries: readonly PersistedEntry[],
    approve: ((plan: Plan, patch: string) => Promise<boolean>) | undefined,
  ) {
    const planned = await this.ask<PlannedPersist | { why: string }>(inside.persist, { name, entries });
    if ("why" in planned || !approve) return "why" in planned ? planned : planned.change;
    const { change, edit } = planned;
    const lines = [
      ...change.patch.trimEnd().split("\n"),
      ...(change.note === undefined ? [] : [`note: ${change.note}`]),
    ];
    if (!(await approve({ title: `${change.title}?`, lines }, change.patch)))
      throw new TransportError("ECANCELLED", "Cancelled. No file was changed.");
    const params = { label: change.title, edit };
    const answer = await this.client
      .request<ApplyWorkspaceEditResult | null>("workspace/applyEdit", params)
      .catch((error: Error) => ({
        applied: false,
        failureReason: `the editor did not make the change: ${error.message}`,
      }));
    return answer?.applied ? change : { why: answer?.failureReason ?? "the editor did not make the change" };
  }
}
