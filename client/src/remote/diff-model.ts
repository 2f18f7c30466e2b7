import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import { counted, shownBytes, shownName } from "./shown.ts";

/** What can be lost as one: a directory of a program, or a single file. */
export interface DiffGroupNode {
  readonly kind: "group";
  readonly path: string;
  readonly label: string;
  readonly description: string;
  readonly rows: readonly DiffRowNode[];
}

export interface DiffRowNode {
  readonly kind: "row";
  readonly row: DiffRow;
  readonly label: string;
  readonly description: string;
  /** A codicon, and the colour that decorations of version control have. */
  readonly icon: string;
  readonly colour: string;
}

export type DiffNode = DiffGroupNode | DiffRowNode;

/** A filter, and how many rows it hides while it is on. */
export interface FilterCount {
  readonly filter: string;
  readonly title: string;
  readonly rows: number;
}

/** The switch of a filter, as a line of the tree. */
export interface FilterNode extends FilterCount {
  readonly kind: "filter";
  /** Whether it is switched off, so that its rows are shown. */
  readonly shown: boolean;
}

/** The switches of all filters that have to do with a diff. */
export interface FiltersNode {
  readonly kind: "filters";
  readonly label: string;
  readonly filters: readonly FilterNode[];
}

export type TreeNode = DiffNode | FiltersNode | FilterNode;

const CHANGES: Readonly<Record<DiffRow["change"], readonly [word: string, icon: string, colour: string]>> = {
  added: ["new", "diff-added", "gitDecoration.addedResourceForeground"],
  modified: ["changed", "diff-modified", "gitDecoration.modifiedResourceForeground"],
  deleted: ["deleted", "diff-removed", "gitDecoration.deletedResourceForeground"],
  renamed: ["renamed", "diff-renamed", "gitDecoration.renamedResourceForeground"],
  metadata: ["owner, mode or attributes", "gear", "gitDecoration.modifiedResourceForeground"],
  replaced: ["replaced", "diff-modified", "gitDecoration.modifiedResourceForeground"],
  subvolume: ["subvolume inside the root", "warning", "list.warningForeground"],
  times: ["times only", "clock", "gitDecoration.ignoredResourceForeground"],
};

/** What the diff shows, in pieces that one would persist or drop as a whole. */
export function groupsOf({ rows, groups }: Diff): DiffNode[] {
  return groups.map(({ path, first, rows: count, bytes }) => {
    const own = rows.slice(first, first + count);
    const [only] = own;
    if (only && count === 1) return { ...rowNode(only, path), label: shownName(only.path) };
    const services = [...new Set(own.flatMap((row) => row.services))];
    const parts = [counted(count, "change"), ...(bytes > 0 ? [shownBytes(bytes)] : []), ...services];
    return {
      ...{ kind: "group", path, label: shownName(path), description: parts.join(" · ") },
      rows: own.map((row) => rowNode(row, path)),
    };
  });
}

/** The filters that have to do with a diff: those that hide something, and those that are switched off. */
export function filterCounts({ rows, hidden }: Diff, titles: ReadonlyMap<string, string>): FilterCount[] {
  const counts = new Map<string, number>();
  for (const { filter } of rows) if (filter !== undefined) counts.set(filter, (counts.get(filter) ?? 0) + 1);
  for (const { filter, rows: more } of hidden) counts.set(filter, (counts.get(filter) ?? 0) + more);
  return [...counts].map(([filter, count]) => ({ filter, title: titles.get(filter) ?? filter, rows: count }));
}

/** The line below the rows that holds the switches; undefined when no filter has to do with the diff. */
export function filtersNode(filters: readonly FilterNode[]): FiltersNode | undefined {
  if (filters.length === 0) return undefined;
  const hidden = filters.reduce((sum, { shown, rows }) => sum + (shown ? 0 : rows), 0);
  return { kind: "filters", label: `${hidden} hidden by filters`, filters };
}

/** The lines above the tree. */
export function summary({ rows, hidden, against, complete }: Diff, chosen = 0): string {
  const hiddenRows = hidden.reduce((sum, one) => sum + one.rows, 0);
  const parts = [
    rows.length === 0 ? "Nothing of note." : `${counted(rows.length, "change")} against ${against ?? "nothing"}.`,
    ...(hiddenRows > 0 ? [`${hiddenRows} more are hidden by filters.`] : []),
    ...(chosen > 0 ? [`${chosen} ${chosen === 1 ? "has" : "have"} a check mark.`] : []),
    ...(complete ? [] : ["Not complete: parts could not be read."]),
  ];
  return shownName(parts.join(" "));
}

/** Everything about a row, as Markdown lines. Text of the host is in code spans. */
export function details(row: DiffRow): string[] {
  const code = (text: string) => `\`${shownName(text).replaceAll("`", "'")}\``;
  const { change, path, from, also, type, size, user, group, mode, written, target, services, fate, hiddenBelow } = row;
  return [
    `${code(path)} — ${CHANGES[change][0]}${also ? `, and ${CHANGES[also][0]}` : ""}`,
    ...(from === undefined ? [] : [`was ${code(from)}`]),
    [type, size === undefined ? undefined : shownBytes(size)].filter(Boolean).join(", "),
    ...(target === undefined ? [] : [`leads to ${code(target)}`]),
    ...(user === undefined
      ? []
      : [`owner ${code(`${user}:${group ?? ""}`)}${mode === undefined ? "" : `, mode ${code(mode)}`}`]),
    ...(written === undefined ? [] : [`written ${code(written)}`]),
    ...(services.length === 0 ? [] : [`probably of ${services.map(code).join(", ")}`]),
    ...(hiddenBelow === undefined ? [] : [`hidden on the running host by what is mounted at ${code(hiddenBelow)}`]),
    ...(fate === undefined ? [] : [fateInWords(fate)]),
  ].filter((line) => line !== "");
}

function fateInWords({ survives, by, why }: NonNullable<DiffRow["fate"]>): string {
  if (survives === "unknown") return `whether the configuration keeps it is not known: ${shownName(why ?? by)}`;
  return survives === "yes"
    ? `kept by the configuration: ${shownName(by)}`
    : `lost by the configuration: ${shownName(by)}`;
}

function rowNode(row: DiffRow, group: string): DiffRowNode {
  const [word, icon, colour] = CHANGES[row.change];
  const below =
    row.path === group
      ? (row.path.split("/").at(-1) ?? row.path)
      : row.path.slice(group === "/" ? 1 : group.length + 1);
  const parts = [
    word,
    ...(row.size === undefined ? [] : [shownBytes(row.size)]),
    ...(row.user === undefined ? [] : [row.user]),
    ...(row.fate?.survives === "yes" ? ["kept by the configuration, when it is switched"] : []),
    ...(row.hiddenBelow === undefined ? [] : ["hidden by a mount"]),
  ];
  return { kind: "row", row, label: shownName(below), description: parts.join(" · "), icon, colour };
}
