import * as vscode from "vscode";
import type { RemoteArgument } from "../../../server/src/protocol.ts";
import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import {
  type DiffNode,
  details,
  type FilterNode,
  type FiltersNode,
  filterCounts,
  filtersNode,
  groupsOf,
  summary,
  type TreeNode,
} from "./diff-model.ts";
import type { KnownHost } from "./known-host.ts";
import { counted } from "./shown.ts";

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
export class DiffView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<TreeNode>;
  private current: ShownDiff | undefined;
  private readonly checked = new Set<DiffRow>();
  private nodes: readonly DiffNode[] = [];
  /** The lines that VS Code has asked for, by their ids, which outlive a diff. */
  private readonly lines = new Map<string, TreeNode>();
  private selection: readonly string[] = [];
  private lastToggled: string | undefined;
  /** What the filters are called, as the host's answers have said it by now. */
  private readonly titles = new Map<string, string>();

  constructor() {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
      manageCheckboxStateManually: true,
    });
    this.view.onDidChangeSelection(({ selection }) => this.follow(selection));
    this.view.onDidChangeCheckboxState(({ items }) => this.check(items));
  }

  get shown(): ShownDiff | undefined {
    return this.current;
  }

  /** Shows a diff in place of the last one. */
  async show(shown: ShownDiff): Promise<void> {
    this.current = shown;
    this.checked.clear();
    this.lines.clear();
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
  get oneSelected(): TreeNode | undefined {
    return this.view.selection.length === 1 ? this.view.selection[0] : undefined;
  }

  focus(): Thenable<unknown> {
    return vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** The filters that have to do with it, and whether each is switched off. */
  filters(): FilterNode[] {
    if (!this.current) return [];
    const { diff, options } = this.current;
    return filterCounts(diff, this.titles).map((one) => ({
      ...{ ...one, kind: "filter", shown: options.show?.includes(one.filter) === true },
    }));
  }

  /**
   * The line that was put into the selection last, or taken out of it. VS Code tells no extension which line the keyboard is
   * at, so the key that sets check marks first toggles whether that line is selected.
   */
  get toggled(): TreeNode | undefined {
    return this.lastToggled === undefined ? undefined : this.lines.get(this.lastToggled);
  }

  /** Gives a line check marks, or takes them away when it has all of them. */
  toggle(node: DiffNode): void {
    const rows = rowsOf([node]);
    const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
    this.check([[node, rows.every((row) => this.checked.has(row)) ? Unchecked : Checked]]);
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

  getChildren(node?: TreeNode): TreeNode[] {
    if (!node) {
      const filters = filtersNode(this.filters());
      return [...this.nodes, ...(filters ? [filters] : [])];
    }
    if (node.kind === "filters") return [...node.filters];
    return node.kind === "group" ? [...node.rows] : [];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    this.lines.set(idOf(node), node);
    if (node.kind === "filters") return filtersItem(node);
    return node.kind === "filter" ? filterItem(node) : this.changeItem(node);
  }

  dispose(): void {
    this.view.dispose();
    this.changes.dispose();
  }

  private changeItem(node: DiffNode): vscode.TreeItem {
    const rows = rowsOf([node]);
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.kind === "group" ? Collapsed : None);
    item.id = idOf(node);
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

  private update(): void {
    if (!this.current) return;
    const { host, question, diff } = this.current;
    this.nodes = groupsOf(diff);
    this.view.title = question;
    this.view.description = host.name;
    const { value, tooltip } = {
      value: diff.rows.length,
      tooltip: `${question} ${counted(diff.rows.length, "thing")}`,
    };
    this.view.badge = value === 0 ? undefined : { value, tooltip };
    this.say();
    this.changes.fire(undefined);
  }

  /** A line, and the one that it is below: what has to be drawn anew, and no more, since VS Code loses its place otherwise. */
  private withGroup(node: TreeNode): TreeNode[] {
    const group = this.nodes.find((one) => one.kind === "group" && node.kind === "row" && one.rows.includes(node));
    return group ? [group] : [node];
  }

  private follow(lines: readonly TreeNode[]): void {
    const selection = lines.map(idOf);
    // VS Code leaves lines out that it is reading again, and adds new ones at the end.
    const added = selection.filter((id) => !this.selection.includes(id));
    const removed = this.selection.filter((id) => !selection.includes(id));
    this.lastToggled = added.at(-1) ?? (removed.length === 1 ? removed[0] : undefined);
    this.selection = selection;
  }

  private say(): void {
    if (this.current)
      this.view.message = [summary(this.current.diff, this.checked.size), ...this.current.diff.notes].join("\n");
  }

  private check(items: readonly (readonly [TreeNode, vscode.TreeItemCheckboxState])[]): void {
    for (const [node, state] of items) {
      for (const row of rowsOf([node])) {
        if (state === vscode.TreeItemCheckboxState.Checked) this.checked.add(row);
        else this.checked.delete(row);
      }
    }
    this.say();
    this.changes.fire(items.flatMap(([node]) => this.withGroup(node)));
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

function idOf(node: TreeNode): string {
  switch (node.kind) {
    case "group":
      return `group:${node.path}`;
    case "row":
      return `row:${node.row.pathBytes ?? node.row.path}\0${node.row.change}`;
    case "filter":
      return `filter:${node.filter}`;
    case "filters":
      return "filters";
  }
}

/** The line with the switches of all filters. */
function filtersItem(node: FiltersNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Collapsed);
  return Object.assign(item, { id: idOf(node), contextValue: "filters", iconPath: new vscode.ThemeIcon("filter") });
}

function filterItem(node: FilterNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.title);
  item.id = idOf(node);
  item.contextValue = "filter";
  item.description = `${node.rows} ${node.shown ? "shown" : "hidden"}`;
  item.iconPath = new vscode.ThemeIcon(node.shown ? "eye" : "eye-closed");
  item.tooltip = `${node.title}: ${node.shown ? "hide" : "show"} ${counted(node.rows, "row")}. The host is asked again.`;
  item.command = { command: "impermanence.toggleFilter", title: "Show or Hide", arguments: [node] };
  return item;
}

function rowsOf(nodes: readonly TreeNode[]): DiffRow[] {
  return nodes.flatMap((node) => {
    if (node.kind === "group") return node.rows.map(({ row }) => row);
    return node.kind === "row" ? [node.row] : [];
  });
}
