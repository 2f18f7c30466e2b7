import { type Edit, Language, Parser, type Tree } from "web-tree-sitter";
import { encryptedWith } from "./encrypted.ts";
import type { Program, SyntaxProblem } from "./expr.ts";
import { type Lowered, lower } from "./lower.ts";
import { mend } from "./mend.ts";
import { type NodeType, nodeTypes } from "./node-types.ts";
import { readPlain } from "./plain-reader.ts";
import { applyRepairs } from "./repaired-text.ts";
import { mayNeedSubstitution, substitute, substitutions } from "./substitute.ts";
import { hasLongRun, lex } from "./tokens.ts";
import { TreeReader } from "./tree-reader.ts";

/** One parsed file. The program is plain data; the tree behind it lives in wasm memory until it is let go. */
export interface ParsedFile {
  readonly program: Program;
  /**
   * Frees the wasm tree; the program stays good. Without the tree the next parse of this file starts from scratch.
   * Call it for every file that no editor has open, and once for the last parse of one that had.
   */
  dispose(): void;
}

export interface NixParser {
  /**
   * Parses a file. Never throws: what cannot be read is in `program.problems`.
   *
   * With `previous`, the last parse of the same file, only what changed is parsed again; the result equals a parse
   * from scratch. `previous` gives up its tree in any case, so it needs no `dispose` of its own.
   */
  parse(path: string, text: string, previous?: ParsedFile): ParsedFile;
}

export interface ParserOptions {
  /** Longer texts (in UTF-16 code units) are not parsed. */
  readonly maxLength?: number;
  /** Whether texts without a mistake are read without a tree, which is faster and gives the same. */
  readonly readsPlain?: boolean;
}

/** The most problems that one file reports; after that many, more of them help nobody. */
const maxProblems = 50;

/** The grammar's scanner looks for paths at each token of such a run, which takes quadratic time. */
const maxRun = 1000;

/** Starts the parser from the bytes of `web-tree-sitter.wasm` and of the Nix grammar. */
export async function loadParser(
  wasm: { runtime: Uint8Array; grammar: Uint8Array },
  { maxLength = 1024 * 1024, readsPlain = true }: ParserOptions = {},
): Promise<NixParser> {
  // The bytes are given, so the answer of `locateFile` is never opened.
  await Parser.init({ wasmBinary: wasm.runtime, locateFile: (name: string) => name } as Parameters<
    typeof Parser.init
  >[0]);
  const language = await Language.load(wasm.grammar);
  return new TreeSitterParser(language, maxLength, readsPlain);
}

class Parsed implements ParsedFile {
  constructor(
    readonly program: Program,
    /** What was given to tree-sitter: the program's text with substitutions. */
    readonly parsedText: string,
    private tree: Tree | undefined,
  ) {}

  /** Hands the tree over; whoever takes it frees it. */
  take(): Tree | undefined {
    const { tree } = this;
    this.tree = undefined;
    return tree;
  }

  dispose(): void {
    this.take()?.delete();
  }
}

class TreeSitterParser implements NixParser {
  private readonly parser = new Parser();
  private readonly types: readonly (NodeType | undefined)[];

  constructor(
    language: Language,
    private readonly maxLength: number,
    private readonly readsPlain: boolean,
  ) {
    this.parser.setLanguage(language);
    this.types = nodeTypes(language);
  }

  parse(path: string, text: string, previous?: ParsedFile): ParsedFile {
    const old = previous instanceof Parsed ? previous : undefined;
    const oldTree = old?.take();
    let tree: Tree | undefined;
    try {
      const refusal = this.refusal(text);
      if (refusal !== undefined) return new Parsed(unreadable(path, text, refusal), text, undefined);
      const plain = this.readsPlain ? readPlain(text) : undefined;
      if (plain) return new Parsed({ path, text, ...plain, problems: [] }, text, undefined);
      const parsedText = mayNeedSubstitution(text) ? substitute(text, substitutions(text, lex(text))) : text;
      tree = this.tree(parsedText, old, oldTree);
      const { root, comments, problems } = this.lowered(tree, text);
      const program = { path, text, root, comments, problems: tidy(problems) };
      const parsed = new Parsed(program, parsedText, tree);
      tree = undefined;
      return parsed;
    } catch (error) {
      // The stack or wasm memory gave out. The parser may have stopped half-way and must not go on from there.
      this.parser.reset();
      const reason = error instanceof RangeError ? "It is nested too deeply." : String(error);
      return new Parsed(unreadable(path, text, `This file cannot be parsed. ${reason}`), text, undefined);
    } finally {
      tree?.delete();
      oldTree?.delete();
    }
  }

  private refusal(text: string): string | undefined {
    const tool = encryptedWith(text);
    if (tool !== undefined) {
      return `This file is encrypted with ${tool}, so what it says is not known here. Unlock the repository to have it checked.`;
    }
    if (text.length > this.maxLength) {
      return `This file is too large to be checked (${text.length} characters; the limit is ${this.maxLength}).`;
    }
    if (hasLongRun(text, maxRun) && lex(text).longestRun > maxRun) {
      return `This file holds a word of more than ${maxRun} characters; it is not read.`;
    }
    return text.includes("\0") ? "This file is not text: it contains NUL characters." : undefined;
  }

  private tree(parsedText: string, old: Parsed | undefined, oldTree: Tree | undefined): Tree {
    if (old !== undefined && oldTree !== undefined) {
      const edit = difference(old.parsedText, parsedText);
      if (edit !== undefined) oldTree.edit(edit);
      const tree = this.parser.parse(parsedText, oldTree);
      // How tree-sitter recovers from an error depends on what it reuses, so a broken file is always read afresh.
      if (tree !== null && !tree.rootNode.hasError) return tree;
      tree?.delete();
    }
    const tree = this.parser.parse(parsedText);
    if (tree === null) throw new Error("The parser gave no tree.");
    return tree;
  }

  private lowered(tree: Tree, text: string): Lowered {
    if (!tree.rootNode.hasError) return this.lower(tree, text, undefined);
    const mended = mend(text);
    if (mended.repairs.length === 0) return broken(text, tree);
    const repaired = applyRepairs(substitute(text, substitutions(text, mended.lexed)), mended.repairs);
    const secondTree = this.parser.parse(repaired.text);
    if (secondTree === null) throw new Error("The parser gave no tree.");
    try {
      if (secondTree.rootNode.hasError) return { root: errorRoot(text), comments: [], problems: mended.problems };
      const lowered = this.lower(secondTree, text, repaired.original);
      return { ...lowered, problems: [...mended.problems, ...lowered.problems] };
    } finally {
      secondTree.delete();
    }
  }

  private lower(tree: Tree, text: string, original: ((offset: number) => number) | undefined): Lowered {
    const reader = new TreeReader(tree.rootNode, this.types, text, original);
    try {
      return lower(reader, text);
    } finally {
      reader.dispose();
    }
  }
}

function errorRoot(text: string): Program["root"] {
  return { kind: "error", message: "This file cannot be parsed.", start: 0, end: text.length };
}

function unreadable(path: string, text: string, why: string): Program {
  const encrypted = encryptedWith(text);
  const problem = { message: why, isNoMistake: encrypted !== undefined, start: 0, end: Math.min(1, text.length) };
  return {
    path,
    text,
    root: { ...errorRoot(text), message: why, ...(encrypted ? { encryptedWith: encrypted } : {}) } as Program["root"],
    comments: [],
    problems: [problem],
  };
}

/** The grammar refuses what our own reading finds nothing wrong with: only the place can be told. */
function broken(text: string, tree: Tree): Lowered {
  const cursor = tree.walk();
  try {
    while (cursor.gotoFirstChild()) {
      while (!cursor.currentNode.hasError && cursor.gotoNextSibling());
      if (cursor.currentNode.isError || cursor.nodeIsMissing) break;
    }
    const start = cursor.startIndex;
    const end = Math.max(start, Math.min(cursor.endIndex, start + 1));
    return { root: errorRoot(text), comments: [], problems: [{ message: "This cannot be read as Nix.", start, end }] };
  } finally {
    cursor.delete();
  }
}

/** In source order, without repetitions at one place, and not too many. */
function tidy(problems: readonly SyntaxProblem[]): SyntaxProblem[] {
  if (problems.length < 2) return [...problems];
  const sorted = [...problems].sort((a, b) => a.start - b.start);
  return sorted.filter((problem, at) => at === 0 || problem.start !== sorted[at - 1]!.start).slice(0, maxProblems);
}

/** The one edit between two texts: everything between their common beginning and their common end. */
function difference(before: string, after: string): Edit | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < most - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  const oldEndIndex = before.length - same;
  const newEndIndex = after.length - same;
  return {
    startIndex: start,
    oldEndIndex,
    newEndIndex,
    startPosition: point(before, start),
    oldEndPosition: point(before, oldEndIndex),
    newEndPosition: point(after, newEndIndex),
  } as Edit;
}

function point(text: string, offset: number): { row: number; column: number } {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}
