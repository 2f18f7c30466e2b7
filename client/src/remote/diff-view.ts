import * as vscode from "vscode";
import type { RemoteArgument } from "../../../server/src/protocol.ts";
import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import { type DiffNode, details, type FilterCount, filterCounts, groupsOf, summary } from "./diff-model.ts";
import type { KnownHost } from "./known-host.ts";

/** A diff on the screen, with what it takes to ask the host again. */
export interface ShownDiff {
  readonly host: KnownHost;
  readonly argument: RemoteArgument;
  /** For the title of the view. */
  readonly question: string;
  readonly diff: Diff;
  /** What was asked beside the host; `show` are the filters that are switched off. */
  readonly options: { readonly show?: readonly string[] };
}

const VIEW = "impermanence.diff";

/** The tree of what a reboot loses, or of what differs between snapshots. */
export class DiffView implements vscode.TreeDataProvider<DiffNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<DiffNode>;
  private current: ShownDiff | undefined;
  private readonly checked = new Set<DiffRow>();
  private nodes: readonly DiffNode[] = [];
  /** What the filters are called, as the host's answers have said it by now. */
  private readonly titles = new Map<string, string>();

  constructor() {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
      manageCheckboxStateManually: true,
    });
    this.view.onDidChangeCheckboxState(({ items }) => this.check(items));
  }

  get shown(): ShownDiff | undefined {
    return this.current;
  }

  /** Shows a diff in place of the last one. */
  async show(shown: ShownDiff): Promise<void> {
    this.current = shown;
    this.checked.clear();
    for (const { filter, title } of shown.diff.hidden) this.titles.set(filter, title);
    await vscode.commands.executeCommand("setContext", "impermanence.hasDiff", true);
    await vscode.commands.executeCommand(
      "setContext",
      "impermanence.diffIsLive",
      shown.diff.question === "next-reboot",
    );
    this.update();
    await this.focus();
  }

  /** What is selected, when it is one line: for commands that were called without one. */
  get oneSelected(): DiffNode | undefined {
    return this.view.selection.length === 1 ? this.view.selection[0] : undefined;
  }

  focus(): Thenable<unknown> {
    return vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** The filters that have to do with it, and whether each is switched off. */
  filters(): (FilterCount & { readonly shown: boolean })[] {
    if (!this.current) return [];
    const { diff, options } = this.current;
    return filterCounts(diff, this.titles).map((one) => ({
      ...one,
      shown: options.show?.includes(one.filter) === true,
    }));
  }

  /** The rows that a command is about: of the node it was called on, else those with a check mark, else the selected ones. */
  chosen(node: DiffNode | undefined): DiffRow[] {
    if (node) return rowsOf([node]);
    if (this.checked.size > 0) return [...this.checked];
    return rowsOf(this.view.selection);
  }

  /** Whether the node itself stands for what is chosen, so that its path is meant and not those of its rows. */
  chosenPaths(node: DiffNode | undefined): string[] {
    if (node?.kind === "group") return [node.path];
    return [...new Set(this.chosen(node).map(({ path }) => path))];
  }

  getChildren(node?: DiffNode): DiffNode[] {
    if (!node) return [...this.nodes];
    return node.kind === "group" ? [...node.rows] : [];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: DiffNode): vscode.TreeItem {
    const rows = rowsOf([node]);
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.kind === "group" ? Collapsed : None);
    item.id = node.kind === "group" ? `group:${node.path}` : `row:${node.row.path}\0${node.row.change}`;
    item.description = node.description;
    item.contextValue = node.kind === "group" ? "group" : contextOf(node.row);
    item.checkboxState =
      rows.length > 0 && rows.every((row) => this.checked.has(row))
        ? vscode.TreeItemCheckboxState.Checked
        : vscode.TreeItemCheckboxState.Unchecked;
    if (node.kind === "group") item.iconPath = new vscode.ThemeIcon("folder");
    else {
      item.iconPath = new vscode.ThemeIcon(node.icon, new vscode.ThemeColor(node.colour));
      item.tooltip = new vscode.MarkdownString(details(node.row).join("  \n"));
      if (canCompare(node.row))
        item.command = { command: "impermanence.openFileDiff", title: "Compare", arguments: [node] };
    }
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.changes.dispose();
  }

  private update(): void {
    if (!this.current) return;
    const { host, question, diff } = this.current;
    this.nodes = groupsOf(diff);
    this.view.title = question;
    this.view.description = host.name;
    this.view.message = [summary(diff), ...diff.notes].join("\n");
    this.changes.fire();
  }

  private check(items: readonly (readonly [DiffNode, vscode.TreeItemCheckboxState])[]): void {
    for (const [node, state] of items) {
      for (const row of rowsOf([node])) {
        if (state === vscode.TreeItemCheckboxState.Checked) this.checked.add(row);
        else this.checked.delete(row);
      }
    }
    this.changes.fire();
  }
}

/** What menus go by. */
function contextOf(row: DiffRow): string {
  return `row ${canCompare(row) ? "file" : "other"} ${row.change}`;
}

/** Whether there may be content to compare. */
function canCompare({ change, type }: DiffRow): boolean {
  return change !== "subvolume" && type !== "directory";
}

function rowsOf(nodes: readonly DiffNode[]): DiffRow[] {
  return nodes.flatMap((node) => (node.kind === "group" ? node.rows.map(({ row }) => row) : [node.row]));
}
