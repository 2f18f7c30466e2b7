import type { ConfiguredHost, PathFate } from "../../remote/remote-command.ts";
import type { FactsJson } from "../../report/schema.ts";
import { inside } from "../inside-methods.ts";

/** Asks the thread that evaluates. */
export type AskThread = <R>(method: string, params: object) => Promise<R>;

/** The hosts of the workspace, which another thread evaluates. */
export class ConfiguredHosts {
  private readonly ask: AskThread;

  constructor(ask: AskThread) {
    this.ask = ask;
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
    };
  }
}
