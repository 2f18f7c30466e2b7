/** What a file of sops says without being decrypted: its names, and who can read it. */
export interface SopsFile {
  /** The names in it; undefined where they cannot be read. */
  readonly keys: SopsKeys | undefined;
  /** Whether it has the part that sops adds. */
  readonly isEncrypted: boolean;
  /** The recipients of age; empty where it has others as well. */
  readonly recipients: readonly string[];
}

/** Names with what is below them: a text, more names, or something else. */
export type SopsKeys = ReadonlyMap<string, SopsKeys | "text" | "other">;

/** Reads a file that sops wrote. */
export function readSopsFile(text: string, format: "yaml" | "json"): SopsFile {
  const keys = format === "json" ? keysOfJson(text) : keysOfYaml(text);
  const metadata = format === "json" ? /"sops"\s*:[\s\S]*$/.exec(text)?.[0] : /^sops:[\s\S]*$/m.exec(text)?.[0];
  const others = /\b(fp|arn|resource_id|vault_url|vault_address|created_at_\w+)["']?\s*:/.test(metadata ?? "");
  const recipients = [...(metadata ?? "").matchAll(/["']?recipient["']?\s*:\s*["']?([^"'\s]+)/g)].map(
    ([, recipient = ""]) => recipient,
  );
  return { keys, isEncrypted: metadata !== undefined, recipients: others ? [] : recipients };
}

function keysOfJson(text: string): SopsKeys | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? treeOf(value) : undefined;
  } catch {
    return undefined;
  }
}

function treeOf(record: Readonly<Record<string, unknown>>): SopsKeys {
  return new Map(
    Object.entries(record).map(([key, value]) => [
      key,
      typeof value === "string" ? "text" : isRecord(value) ? treeOf(value) : "other",
    ]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Tree = Map<string, Tree | "text" | "other">;

const LINE = /^( *)(?:"([^"\\]*)"|'([^']*)'|([^\s"'#&*!|>%@`[\]{},?-][^#]*?|-[^\s#][^#]*?)) *:(?: +(.*?))? *$/;

/** The block mappings that sops writes; undefined for a file in which anything else may stand. */
function keysOfYaml(text: string): SopsKeys | undefined {
  const root: Tree = new Map();
  const open: { indent: number; tree: Tree }[] = [{ indent: -1, tree: root }];
  let last: { readonly indent: number; readonly key: string; readonly tree: Tree } | undefined;
  // Lines that are deeper than this one belong to a text, a list or to the part of sops.
  let skipped: number | undefined;
  for (const line of text.replace(/\r/g, "").split("\n")) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    if (line === "---" && root.size === 0) continue;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const isItem = /^ *-(\s|$)/.test(line);
    if (skipped !== undefined && (indent > skipped || (isItem && indent === skipped))) continue;
    skipped = undefined;
    if (isItem) {
      if (!last || indent < last.indent) return undefined;
      last.tree.set(last.key, "other");
      skipped = last.indent;
      continue;
    }
    const [, , double, single, plain, value = ""] = LINE.exec(line) ?? [];
    const key = double ?? single ?? plain;
    if (key === undefined || key === "<<" || /: /.test(plain ?? "")) return undefined;
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    if (last && indent > last.indent) {
      if (last.tree.get(last.key) !== "other") return undefined;
      const tree: Tree = new Map();
      last.tree.set(last.key, tree);
      open.push({ indent: last.indent, tree });
    }
    const tree = open.at(-1)?.tree ?? root;
    tree.set(key, value === "" ? "other" : "text");
    last = { indent, key, tree };
    if (/^[|>]/.test(value) || (indent === 0 && key === "sops")) {
      skipped = indent;
      last = undefined;
    } else if (value !== "") {
      if (/^[[{&*!]/.test(value)) return undefined;
      if (/^["']/.test(value) && !/^(".*"|'.*')( +#.*)?$/.test(value)) return undefined;
    }
  }
  return root;
}
