import type { TextEdit } from "../edits/text-edit.ts";

/**
 * Markdown specs: one `##` heading a test, its ```nix block a set of files (`#- /path` lines; without one the
 * file is /host.nix). A comment line `# ^^^ error[IMP301] 💡 message` annotates the range above its carets; it is
 * stripped before analysis. `💡` says that there is a fix; the message may be left out or be a part of it.
 * A ```fixed block is what the first fix of the annotated finding (or of the finding CODE in ```fixed IMP301)
 * makes of the files; only files that change are shown.
 */
export interface SpecCase {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly ExpectedFinding[];
  readonly fixed: { readonly code: string | undefined; readonly files: Readonly<Record<string, string>> } | undefined;
  /** Lines of the Markdown file, for UPDATE=1: the ```nix block's content and the ```fixed block's. */
  readonly block: LineRange;
  readonly fixedBlock: LineRange | undefined;
  /** Codes the case is about (`only IMP301 IMP302` behind ```nix); all when empty. */
  readonly only: readonly string[];
}

export interface LineRange {
  /** First line of the content and the line behind it, from 0. */
  readonly from: number;
  readonly to: number;
}

export interface ExpectedFinding {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly severity: string;
  readonly code: string;
  readonly hasFix: boolean;
  readonly message: string;
}

const SINGLE = "/host.nix";

/** Reads the cases of a spec. Throws for a spec that is written wrong. */
export function parseSpec(markdown: string): SpecCase[] {
  const lines = markdown.split("\n");
  const cases: SpecCase[] = [];
  let title = "";
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.startsWith("## ")) title = line.slice(3).trim();
    const fence = /^```(nix|fixed)\b(.*)$/.exec(line);
    if (!fence) continue;
    const from = index + 1;
    const length = lines.slice(from).indexOf("```");
    if (length < 0) throw new Error(`the block under "${title}" is never closed`);
    const content = lines.slice(from, from + length);
    index = from + length;
    const block = { from, to: from + length };
    const words = (fence[2] ?? "").trim().split(/\s+/).filter(Boolean);
    if (fence[1] === "nix") {
      const only = words[0] === "only" ? words.slice(1) : [];
      cases.push({ title, ...readBlock(content), fixed: undefined, block, fixedBlock: undefined, only });
    } else {
      const last = cases.pop();
      if (!last) throw new Error(`a fixed block under "${title}" follows no nix block`);
      cases.push({ ...last, fixed: { code: words[0], files: readBlock(content).files }, fixedBlock: block });
    }
  }
  return cases;
}

/** The block's lines again, with annotations for these findings. */
export function annotate(files: Readonly<Record<string, string>>, findings: readonly ExpectedFinding[]): string[] {
  const lines: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    if (path !== SINGLE || Object.keys(files).length > 1) lines.push(`#- ${path}`);
    let offset = 0;
    for (const line of text.replace(/\n$/, "").split("\n")) {
      lines.push(line);
      const here = findings
        .filter((finding) => finding.file === path && finding.start >= offset && finding.start <= offset + line.length)
        .sort((a, b) => a.start - b.start || (a.code < b.code ? -1 : 1));
      for (const finding of here) {
        const from = finding.start - offset;
        const width = Math.max(1, Math.min(finding.end, offset + line.length) - finding.start);
        // The comment sign takes a column; carets that start at the very front are moved behind it.
        const carets = from < 2 ? `# ${"^".repeat(width)} at ${from}` : `#${" ".repeat(from - 1)}${"^".repeat(width)}`;
        const bulb = finding.hasFix ? " 💡" : "";
        const more = finding.end > offset + line.length ? " …" : "";
        lines.push(`${carets}${more} ${finding.severity}[${finding.code}]${bulb} ${finding.message}`.trimEnd());
      }
      offset += line.length + 1;
    }
  }
  return lines;
}

/** Shows files as a block. */
export function showFiles(files: Readonly<Record<string, string>>): string[] {
  return annotate(files, []);
}

/** Whether edits lie inside a text and do not overlap. */
export function editsAreSound(text: string, edits: readonly TextEdit[]): boolean {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return ordered.every((edit, index) => {
    const before = ordered[index - 1];
    return (
      edit.start >= 0 && edit.start <= edit.end && edit.end <= text.length && (!before || before.end <= edit.start)
    );
  });
}

function readBlock(lines: readonly string[]): { files: Record<string, string>; expected: ExpectedFinding[] } {
  const files: Record<string, string> = {};
  const expected: ExpectedFinding[] = [];
  let path = SINGLE;
  let text = "";
  let lastStart = 0;
  for (const line of lines) {
    const header = /^#- (\/\S+)$/.exec(line);
    if (header) {
      if (text !== "") files[path] = text;
      path = header[1] ?? SINGLE;
      text = "";
      continue;
    }
    const note = /^\s*#\s*(\^+)(?: at (\d+))?( …)? (error|warning|information|hint)\[(IMP\d{3})\]( 💡)? ?(.*)$/.exec(
      line,
    );
    if (note) {
      const carets = note[1] ?? "";
      const column = note[2] === undefined ? line.indexOf(carets) : Number(note[2]);
      const start = lastStart + column;
      expected.push({
        file: path,
        start,
        end: note[3] ? -1 : start + carets.length,
        severity: note[4] ?? "",
        code: note[5] ?? "",
        hasFix: note[6] !== undefined,
        message: note[7] ?? "",
      });
      continue;
    }
    lastStart = text.length;
    text += `${line}\n`;
  }
  if (text !== "") files[path] = text;
  return { files, expected };
}
