import { budget } from "../budget.ts";
import type { Node, RegexProgram } from "./regex-program.ts";

/** Offsets of a match and its groups (in bytes); a group that took no part is undefined. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly ({ start: number; end: number } | undefined)[];
}

/** Nodes times positions one search may look at; beyond it the answer is unknown rather than late. */
const MAX_VISITS = 6_000_000;

/** The text is too long for the pattern. */
export class RegexTooCostly extends Error {}

const NONE = -1;
const PENDING = -2;
const FRESH = -3;

interface Frame {
  readonly node: number;
  readonly position: number;
  stage: 0 | 1 | 2;
  first: number;
}

/**
 * Matches one pattern in one text, in time proportional to pattern size times text length: what follows
 * from a node at a position does not depend on how it was reached, so each pair is worked out once.
 *
 * The rules are those of the C++ standard library: a repetition goes on as long as that leads to a match,
 * of two alternatives the one with the longer result wins, the first of equals.
 */
export class RegexSearch {
  private readonly program: RegexProgram;
  private readonly text: string;
  private readonly whole: boolean;
  private readonly notEmptyAt: number;
  /** For each position, by node: the end of the best match from there, or one of the marks above. */
  private readonly ends = new Map<number, Int32Array>();
  private readonly firstBytes: Uint8Array | undefined;
  private visits = 0;
  private readonly stack: Frame[] = [];
  private result = NONE;

  /**
   * With `whole`, only a match up to the end of the text counts; an empty match at `notEmptyAt` does not.
   */
  constructor(program: RegexProgram, text: string, options: { whole?: boolean; notEmptyAt?: number } = {}) {
    this.program = program;
    this.text = text;
    this.whole = options.whole ?? false;
    this.notEmptyAt = options.notEmptyAt ?? -1;
    this.firstBytes = possibleFirstBytes(program);
  }

  /** The match that starts exactly at `start`. */
  at(start: number): RegexMatch | undefined {
    return this.best(start) === NONE ? undefined : this.trace(start);
  }

  /** The first match that starts at `from` or later. */
  from(from: number): RegexMatch | undefined {
    for (let start = from; start <= this.text.length; start++) {
      if (this.firstBytes && !this.firstBytes[this.text.charCodeAt(start)]) continue;
      const match = this.at(start);
      if (match) return match;
      this.ends.delete(start);
    }
    return undefined;
  }

  /** Works with a stack of its own, since texts are longer than the stack of JavaScript is deep. */
  private best(start: number): number {
    const { stack } = this;
    stack.length = 0;
    this.visit(this.program.start, start);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      if (this.step(frame)) {
        this.row(frame.position)[frame.node] = this.result;
        stack.pop();
      }
    }
    return this.result;
  }

  /** One step of a frame; true when its result stands. */
  private step(frame: Frame): boolean {
    const node = this.program.nodes[frame.node] as Node;
    const { position } = frame;
    if (frame.stage === 0) {
      frame.stage = 1;
      if (node.kind === "accept") {
        this.result = this.accepts(position) ? position : NONE;
        return true;
      }
      if (!this.passes(node, position)) {
        this.result = NONE;
        return true;
      }
      const branches = node.kind === "alternative" || node.kind === "repeat";
      this.visit(branches ? node.inner : node.next, node.kind === "set" ? position + 1 : position);
      return false;
    }
    if (frame.stage === 1 && (node.kind === "alternative" || (node.kind === "repeat" && this.result === NONE))) {
      frame.stage = 2;
      frame.first = this.result;
      this.visit(node.next, position);
      return false;
    }
    this.result = Math.max(frame.first, this.result);
    return true;
  }

  /** Asks for a node at a position: either the result is known now, or a frame is on the stack. */
  private visit(node: number, position: number): void {
    const known = this.row(position)[node] as number;
    if (known === FRESH) {
      if (++this.visits > MAX_VISITS) throw new RegexTooCostly();
      // Many small searches have to end as well: the next call of a function sees that the fuel is gone.
      budget.fuel--;
      this.row(position)[node] = PENDING;
      this.stack.push({ node, position, stage: 0, first: NONE });
      return;
    }
    if (known === PENDING) {
      // A loop came round without reading anything: it ends after this round.
      const again = this.program.nodes[node] as Node;
      if (again.kind === "alternative") this.result = NONE;
      else this.visit(again.next, position);
      return;
    }
    this.result = known;
  }

  private row(position: number): Int32Array {
    let row = this.ends.get(position);
    if (!row) {
      row = new Int32Array(this.program.nodes.length).fill(FRESH);
      this.visits += row.length;
      this.ends.set(position, row);
    }
    return row;
  }

  private accepts(position: number): boolean {
    return position !== this.notEmptyAt && (!this.whole || position === this.text.length);
  }

  private passes(node: Node, position: number): boolean {
    switch (node.kind) {
      case "set":
        return position < this.text.length && node.allowed[this.text.charCodeAt(position)] === 1;
      case "start":
        return position === 0;
      case "end":
        return position === this.text.length;
      default:
        return true;
    }
  }

  /** Follows the best way again to see where the groups lie. */
  private trace(start: number): RegexMatch {
    const groups: ({ start: number; end: number } | undefined)[] = new Array(this.program.groups).fill(undefined);
    const opened: number[] = [];
    const rounds = new Map<number, number>();
    let position = start;
    let index = this.program.start;
    for (;;) {
      const node = this.program.nodes[index] as Node;
      switch (node.kind) {
        case "accept":
          return { start, end: position, groups };
        case "open":
          opened[node.group] = position;
          break;
        case "close":
          groups[node.group] = { start: opened[node.group] as number, end: position };
          break;
        case "set":
          position++;
          break;
        case "alternative": {
          const inner = this.endFrom(node.inner, position);
          index = inner !== NONE && inner >= this.endFrom(node.next, position) ? node.inner : node.next;
          continue;
        }
        case "repeat": {
          const again = rounds.get(index) !== position && this.endFrom(node.inner, position) !== NONE;
          rounds.set(index, position);
          index = again ? node.inner : node.next;
          continue;
        }
      }
      index = node.next;
    }
  }

  private endFrom(node: number, position: number): number {
    const known = this.ends.get(position)?.[node] ?? NONE;
    return known < 0 ? NONE : known;
  }
}

/** The bytes a match can start with; undefined when it can be empty or depends on its surroundings. */
function possibleFirstBytes(program: RegexProgram): Uint8Array | undefined {
  const first = new Uint8Array(256);
  const seen = new Set<number>();
  const pending = [program.start];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const node = program.nodes[index] as Node;
    if (node.kind === "accept") return undefined;
    if (node.kind === "set") {
      for (let unit = 0; unit < 256; unit++) if (node.allowed[unit]) first[unit] = 1;
      continue;
    }
    if (node.kind === "alternative" || node.kind === "repeat") pending.push(node.inner);
    pending.push(node.next);
  }
  return first;
}
