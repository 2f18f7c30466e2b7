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
  /** The groups, by their ids, whose rows are on the screen. */
  private readonly expanded = new Set<string>();
  /** What was selected last, and before that. */
  private selected: readonly string[] = [];
  private selectedBefore: readonly string[] = [];
  /** What the filters are called, as the host's answers have said it by now. */
  private readonly titles = new Map<string, string>();

  constructor() {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
    });
    this.view.onDidExpandElement(({ element }) => this.expanded.add(idOf(element)));
    this.view.onDidCollapseElement(({ element }) => this.expanded.delete(idOf(element)));
    this.view.onDidChangeSelection(({ selection }) => {
      this.selectedBefore = this.selected;
      this.selected = selection.map(idOf);
    });
    this.view.onDidChangeCheckboxState(({ items }) => this.follow(items));
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
   * The line that the keyboard was at when its key for check marks was pressed. VS Code tells no extension which one that is, so the
   * key first toggles in the window whether the line is selected, and back: it is the one that the last two selections differ in.
   */
  get toggled(): TreeNode | undefined {
    const { selected, selectedBefore } = this;
    const differing = [
      ...selected.filter((id) => !selectedBefore.includes(id)),
      ...selectedBefore.filter((id) => !selected.includes(id)),
    ];
    const [only] = differing;
    return only === undefined || differing.length > 1 ? undefined : this.lines.get(only);
  }

  /** Gives a line check marks, or takes them away when it has all of them. */
  toggle(node: DiffNode): void {
    const rows = rowsOf([node]);
    this.mark(rows, !rows.every((row) => this.checked.has(row)));
    // VS Code forgets the lines below a line that is drawn anew until it has read them again, and a key at one of them would be
    // lost. So rows that are on the screen are drawn anew by themselves; the mark of their group follows from theirs.
    const areShown =
      node.kind === "group" && this.expanded.has(idOf(node)) && node.rows.every((row) => this.lines.has(idOf(row)));
    this.changes.fire(areShown ? [...node.rows] : [node]);
    // After that: VS Code takes the first change at once, and those that follow it a fifth of a second later.
    this.say();
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

  private say(): void {
    if (this.current)
      this.view.message = [summary(this.current.diff, this.checked.size), ...this.current.diff.notes].join("\n");
  }

  /** What was clicked. VS Code has drawn it already, and what follows from it: a group is not checked when one of its rows is not. */
  private follow(items: readonly (readonly [TreeNode, vscode.TreeItemCheckboxState])[]): void {
    const clicked = new Set(items.map(([node]) => node));
    for (const [node, state] of items) {
      if (node.kind === "group" && node.rows.some((row) => clicked.has(row))) continue;
      this.mark(rowsOf([node]), state === vscode.TreeItemCheckboxState.Checked);
    }
    this.say();
  }

  private mark(rows: readonly DiffRow[], isChecked: boolean): void {
    for (const row of rows) {
      if (isChecked) this.checked.add(row);
      else this.checked.delete(row);
    }
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
