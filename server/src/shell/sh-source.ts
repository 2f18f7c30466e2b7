import type { Hole, Script } from "./sh-ast.ts";

/** How deep blocks, substitutions and parameters may nest before reading stops with an error. */
export const MAX_DEPTH = 120;

/** What all readers of one text share: the text, its holes, and the first failure, after which reading ends. */
export class ShellSource {
  readonly text: string;
  readonly comments: { start: number; end: number }[] = [];
  failure: { at: number; message: string } | undefined;
  readonly #holes: Map<number, Hole>;
  readonly #readSubstitution: SubstitutionReader;

  constructor(text: string, holes: readonly Hole[], readSubstitution: SubstitutionReader) {
    this.text = text;
    this.#readSubstitution = readSubstitution;
    this.#holes = new Map(holes.filter((hole) => hole.end > hole.start).map((hole) => [hole.start, hole]));
  }

  /** The hole that begins at an offset. */
  holeAt(offset: number): Hole | undefined {
    return this.#holes.get(offset);
  }

  /** Reads commands from an offset on, up to the parenthesis that closes them; `end` is the offset of the latter. */
  substitution(start: number, depth: number): { script: Script; end: number } {
    return this.#readSubstitution(this, start, depth, false);
  }

  /** Reads the whole of another text as commands, with the same reader. */
  readText(text: string, holes: readonly Hole[], depth: number): Script {
    const nested = new ShellSource(text, holes, this.#readSubstitution);
    return this.#readSubstitution(nested, 0, depth, true).script;
  }

  fail(at: number, message: string): void {
    this.failure ??= { at: Math.min(at, this.text.length), message };
  }
}

/** With `toEnd` the commands end with the text, otherwise with a closing parenthesis. */
export type SubstitutionReader = (
  source: ShellSource,
  start: number,
  depth: number,
  toEnd: boolean,
) => { script: Script; end: number };
