/** Code, the mark of bold text, a link. What stands in code is no Markdown. */
const INLINE = /`([^`]*)`|\*\*|\[([^\]]*)\]\(([^)]*)\)/g;

/** The Markdown of hovers and completions without its marks, for editors that show it as it is. */
export function plainText(markdown: string): string {
  const lines = markdown.split("\n").map((line) => (isRow(line) ? line : inline(line)));
  return columns(lines).join("\n");
}

function inline(text: string): string {
  return text.replace(INLINE, (_mark, code?: string, name?: string, target?: string) => {
    if (code !== undefined) return code;
    return name === undefined ? "" : `${name}: ${target}`;
  });
}

function isRow(line: string): boolean {
  return line.startsWith("|") && line.endsWith("|");
}

/** Tables with their columns below each other, and without the line of dashes. */
function columns(lines: readonly string[]): string[] {
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rows: string[][] = [];
    for (; isRow(lines[at] ?? ""); at++) {
      const cells = (lines[at] as string).slice(1, -1).split("|");
      if (!cells.every((cell) => /^:?-+:?$/.test(cell.trim()))) rows.push(cells.map((cell) => inline(cell.trim())));
    }
    const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
    shown.push(
      ...rows.map((row) =>
        row
          .map((cell, column) => cell.padEnd(width(column)))
          .join("  ")
          .trimEnd(),
      ),
    );
    if (rows.length === 0) shown.push(lines[at++] as string);
  }
  return shown;
}
