import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import { type FactsParams, type FactsResult, methods } from "../../../server/src/protocol.ts";
import type { FactsJson } from "../../../server/src/report/schema.ts";
import type { CheckerServer } from "../language-client.ts";
import { showDocument } from "../show-document.ts";
import type { HostBook } from "./host-book.ts";
import { type HostNode, hostNode, nodesOf } from "./host-nodes.ts";
import type { KnownHost } from "./known-host.ts";

const VIEW = "impermanence.hosts";
const TONES = { good: "testing.iconPassed", bad: "list.errorForeground", unsure: "list.warningForeground" } as const;

/** The view of hosts: what the configuration says of each, and what it said itself when it was asked. */
export class HostsView implements vscode.TreeDataProvider<HostNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly server: CheckerServer;
  private readonly book: HostBook;
  private readonly view: vscode.TreeView<HostNode>;
  private readonly subscriptions: vscode.Disposable[];
  private wasReady = false;

  constructor(server: CheckerServer, book: HostBook) {
    this.server = server;
    this.book = book;
    this.view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.changes,
      book.onDidChange(() => this.changes.fire()),
      server.onDidChange(() => this.followServer()),
    ];
  }

  /** What is selected: for commands that were called by keyboard. */
  get selected(): HostNode | undefined {
    return this.view.selection[0];
  }

  async getChildren(node?: HostNode): Promise<HostNode[]> {
    if (node?.kind === "host") return nodesOf(node.host, await this.facts(node.host), this.book.about(node.host));
    if (node) return [...(node.children ?? [])];
    if (this.server.state.kind !== "running") return [];
    try {
      return (await this.book.hosts()).map((host) => hostNode(host, this.book.about(host)));
    } catch {
      // The server has just ended; the view is asked again when it is back.
      return [];
    }
  }

  getTreeItem(node: HostNode): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const hasChildren = node.kind === "host" || (node.children?.length ?? 0) > 0;
    const item = new vscode.TreeItem(node.label, hasChildren ? (node.open ? Expanded : Collapsed) : None);
    item.contextValue = node.kind === "host" ? `host ${node.host.from}` : node.kind;
    if (node.description !== undefined) item.description = node.description;
    item.tooltip = node.tooltip ?? (node.description ? `${node.label} · ${node.description}` : node.label);
    item.iconPath = new vscode.ThemeIcon(node.icon, node.tone && new vscode.ThemeColor(TONES[node.tone]));
    const canRun = node.command !== undefined && (node.place || node.command !== "impermanence.revealInConfiguration");
    if (canRun && node.command) item.command = { command: node.command, title: node.label, arguments: [node] };
    return item;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Paths of the stores that the configuration of a host has. */
  async storesOf(host: KnownHost): Promise<string[]> {
    const { stores = [] } = (await this.facts(host)) ?? {};
    return [...new Set(stores.flatMap(({ path }) => (path === null ? [] : [path])))];
  }

  private async facts(host: KnownHost): Promise<FactsJson | null> {
    if (host.from !== "workspace") return null;
    const params: FactsParams = { host: host.name };
    const result = await this.server.ask<FactsResult | null>(methods.facts, params).catch(() => null);
    return (result?.facts ?? null) as FactsJson | null;
  }

  /** The configuration's part is read again when an analysis has ended, not at each of its steps. */
  private followServer(): void {
    const isReady = this.server.state.kind === "running" && this.server.status?.busy !== true;
    if (isReady || this.wasReady !== isReady) this.changes.fire();
    this.wasReady = isReady;
  }
}

/** Opens the place in the configuration that a node is about. */
export async function reveal({ place }: HostNode): Promise<void> {
  if (!place) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = isAbsolute(place.file) || !folder ? vscode.Uri.file(place.file) : vscode.Uri.joinPath(folder, place.file);
  const selection = new vscode.Range(place.line, 0, place.line, 0);
  await showDocument(uri, { preview: true, selection });
}
