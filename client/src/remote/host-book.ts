import * as vscode from "vscode";
import type { RemoteHosts } from "../../../server/src/remote/known-hosts.ts";
import type { SnapshotList } from "../../../server/src/remote/list.ts";
import type { HostStatus } from "../../../server/src/remote/status.ts";
import { type KnownHost, knownHosts } from "./known-host.ts";
import type { RemoteCalls } from "./remote-calls.ts";

const USED = "usedHosts";
/** Typed hosts that are remembered. */
const KEPT = 20;

/** What was heard of a host in this window. */
export interface Heard {
  readonly status?: HostStatus;
  readonly snapshots?: SnapshotList;
  /** Rows that the next reboot would lose. */
  readonly atRisk?: number;
}

/** The hosts that are known, and what they said last. */
export class HostBook implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private readonly state: vscode.Memento;
  private readonly calls: RemoteCalls;
  private readonly heard = new Map<string, Heard>();

  constructor(state: vscode.Memento, calls: RemoteCalls) {
    this.state = state;
    this.calls = calls;
  }

  /** Hosts of the workspace, used ones and those of ssh. Rejects when the server does not run. */
  async hosts(): Promise<KnownHost[]> {
    return knownHosts(await this.calls.quietly<RemoteHosts>("hosts"), this.state.get<string[]>(USED, []));
  }

  about({ name }: KnownHost): Heard {
    return this.heard.get(name) ?? {};
  }

  /** Remembers what a host said, and one that was typed. */
  async note(host: KnownHost, news: Heard): Promise<void> {
    this.heard.set(host.name, { ...this.about(host), ...news });
    if (host.from === "typed") {
      const used = this.state.get<string[]>(USED, []).filter((name) => name !== host.name);
      await this.state.update(USED, [host.name, ...used].slice(0, KEPT));
    }
    this.changes.fire();
  }

  /** Forgets hosts that were typed. */
  async forget(names: readonly string[]): Promise<void> {
    await this.state.update(
      USED,
      this.state.get<string[]>(USED, []).filter((name) => !names.includes(name)),
    );
    this.changes.fire();
  }

  refresh(): void {
    this.changes.fire();
  }

  dispose(): void {
    this.changes.dispose();
  }
}
