import type { Node, TreeCursor } from "web-tree-sitter";
import type { Comment, Span } from "./expr.ts";
import type { NodeType } from "./node-types.ts";

/**
 * Walks a tree-sitter tree with as few calls into wasm as possible: they cost more than everything else in lowering.
 * Comments are set aside on the way, so that the caller only sees what the grammar puts there.
 */
export class TreeReader {
  readonly comments: Comment[] = [];
  /** The type of the node under the cursor; `undefined` for punctuation. */
  type: NodeType | undefined;
  private readonly cursor: TreeCursor;

  constructor(
    root: Node,
    private readonly types: readonly (NodeType | undefined)[],
    private readonly text: string,
    /** The offset in the original text of an offset in the parsed text. */
    private readonly original: ((offset: number) => number) | undefined,
  ) {
    this.cursor = root.walk();
    this.type = this.types[this.cursor.nodeTypeId];
  }

  /** To the first child that is no comment; false (and no move) when there is none. */
  down(): boolean {
    if (!this.cursor.gotoFirstChild()) return false;
    if (this.settle() || this.next()) return true;
    this.cursor.gotoParent();
    return false;
  }

  /** To the next sibling that is no comment. */
  next(): boolean {
    while (this.cursor.gotoNextSibling()) if (this.settle()) return true;
    return false;
  }

  /** To the parent, whose type the caller knows. */
  up(): void {
    this.cursor.gotoParent();
  }

  start(): number {
    const offset = this.cursor.startIndex;
    return this.original === undefined ? offset : this.original(offset);
  }

  end(): number {
    const offset = this.cursor.endIndex;
    return this.original === undefined ? offset : this.original(offset);
  }

  /** The end of the node less the `width` characters of its closing quotes. */
  endBefore(width: number): number {
    const offset = this.cursor.endIndex - width;
    return this.original === undefined ? offset : this.original(offset);
  }

  /** The node's text as it was parsed, which shows what stands for something missing. `span` is that of the node. */
  parsedText(span: Span): string {
    return this.original === undefined ? this.text.slice(span.start, span.end) : this.cursor.nodeText;
  }

  /** Whether the text was parsed as it is: then what a node holds can be told from its text, without going there. */
  get isVerbatim(): boolean {
    return this.original === undefined;
  }

  span(): Span {
    return { start: this.start(), end: this.end() };
  }

  dispose(): void {
    this.cursor.delete();
  }

  private settle(): boolean {
    this.type = this.types[this.cursor.nodeTypeId];
    if (this.type !== "comment") return true;
    const start = this.start();
    let end = this.end();
    const style = this.text[start] === "#" ? "line" : "block";
    if (style === "line" && this.text[end - 1] === "\r") end--;
    this.comments.push({ start, end, style });
    return false;
  }
}
