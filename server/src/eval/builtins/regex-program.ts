import { NixError } from "../nix-error.ts";

/*
 * POSIX extended regular expressions as the C++ standard library reads them, compiled to a small graph.
 * Everything works on bytes (units 0..255), as Nix does.
 */

/** One node of the graph; `next` is the index of the node that follows. */
export type Node =
  | { readonly kind: "set"; readonly allowed: Uint8Array; next: number }
  /** Try `inner` and then `next`; the longer result wins, the first of equals. */
  | { readonly kind: "alternative"; inner: number; next: number }
  /** Go through `inner` once more if that leads anywhere, else to `next`. */
  | { readonly kind: "repeat"; inner: number; next: number }
  | { readonly kind: "open" | "close"; readonly group: number; next: number }
  | { readonly kind: "start" | "end"; next: number }
  | { readonly kind: "accept"; next: number };

export interface RegexProgram {
  readonly nodes: readonly Node[];
  readonly start: number;
  /** Number of capture groups. */
  readonly groups: number;
}

type Tree =
  | { readonly kind: "set"; readonly allowed: Uint8Array }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "group"; readonly group: number; readonly body: Tree }
  | { readonly kind: "sequence"; readonly parts: readonly Tree[] }
  | { readonly kind: "choice"; readonly options: readonly Tree[] }
  | { readonly kind: "repeat"; readonly body: Tree; readonly least: number; readonly most: number };

/** Larger patterns cost more than any configuration is worth. */
const MAX_NODES = 20_000;
const SPECIAL = ".[\\()*+?{|^$";

/** Compiles a pattern (in bytes); throws `NixError("other")` when it is not one. */
export function compileRegex(pattern: string): RegexProgram {
  const reader = new PatternReader(pattern);
  const tree = reader.whole();
  const nodes: Node[] = [{ kind: "accept", next: -1 }];
  const start = new Builder(nodes).build(tree, 0);
  return { nodes, start, groups: reader.groups };
}

class Builder {
  private readonly nodes: Node[];
  constructor(nodes: Node[]) {
    this.nodes = nodes;
  }

  /** Adds the nodes of `tree`, leading on to `next`; answers where it starts. Works from the back. */
  build(tree: Tree, next: number): number {
    switch (tree.kind) {
      case "set":
        return this.add({ kind: "set", allowed: tree.allowed, next });
      case "start":
      case "end":
        return this.add({ kind: tree.kind, next });
      case "group": {
        const close = this.add({ kind: "close", group: tree.group, next });
        return this.add({ kind: "open", group: tree.group, next: this.build(tree.body, close) });
      }
      case "sequence":
        return tree.parts.reduceRight((after, part) => this.build(part, after), next);
      case "choice": {
        const [first, ...others] = tree.options as [Tree, ...Tree[]];
        if (others.length === 0) return this.build(first, next);
        const rest = this.build({ kind: "choice", options: others }, next);
        return this.add({ kind: "alternative", inner: this.build(first, next), next: rest });
      }
      case "repeat":
        return this.repeat(tree, next);
    }
  }

  private repeat({ body, least, most }: Extract<Tree, { kind: "repeat" }>, next: number): number {
    let after = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop: Node = { kind: "repeat", inner: -1, next };
      after = this.add(loop);
      loop.inner = this.build(body, after);
    } else {
      for (let i = least; i < most; i++) {
        after = this.add({ kind: "repeat", inner: this.build(body, after), next });
      }
    }
    for (let i = 0; i < least; i++) after = this.build(body, after);
    return after;
  }

  private add(node: Node): number {
    if (this.nodes.length >= MAX_NODES) throw new NixError("other", "the regular expression is too large");
    return this.nodes.push(node) - 1;
  }
}

class PatternReader {
  private readonly text: string;
  private at = 0;
  groups = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  whole(): Tree {
    const tree = this.choice();
    if (this.at < this.text.length) this.fail();
    return tree;
  }

  private choice(): Tree {
    if (++this.depth > 200) throw new NixError("other", "the regular expression nests too deeply");
    const options = [this.sequence()];
    while (this.text[this.at] === "|") {
      this.at++;
      options.push(this.sequence());
    }
    this.depth--;
    return options.length === 1 ? (options[0] as Tree) : { kind: "choice", options };
  }

  private sequence(): Tree {
    const parts: Tree[] = [];
    for (;;) {
      const part = this.term();
      if (!part) return { kind: "sequence", parts };
      parts.push(part);
    }
  }

  private term(): Tree | undefined {
    const next = this.text[this.at];
    if (next === undefined || next === "|" || next === ")") return undefined;
    if (next === "^" || next === "$") {
      this.at++;
      return { kind: next === "^" ? "start" : "end" };
    }
    let tree = this.atom(next);
    for (;;) {
      const bounds = this.quantifier();
      if (!bounds) return tree;
      tree = { kind: "repeat", body: tree, ...bounds };
    }
  }

  private atom(next: string): Tree {
    this.at++;
    switch (next) {
      case ".":
        return { kind: "set", allowed: setOf((unit) => unit !== 0) };
      case "(": {
        const group = this.groups++;
        const body = this.choice();
        if (this.text[this.at++] !== ")") this.fail();
        return { kind: "group", group, body };
      }
      case "[":
        return { kind: "set", allowed: this.bracket() };
      case "\\": {
        const escaped = this.text[this.at++];
        if (escaped === undefined) this.fail();
        return { kind: "set", allowed: only(escaped as string) };
      }
      default:
        if (SPECIAL.includes(next)) this.fail();
        return { kind: "set", allowed: only(next) };
    }
  }

  private quantifier(): { least: number; most: number } | undefined {
    switch (this.text[this.at]) {
      case "*":
        this.at++;
        return { least: 0, most: Number.POSITIVE_INFINITY };
      case "+":
        this.at++;
        return { least: 1, most: Number.POSITIVE_INFINITY };
      case "?":
        this.at++;
        return { least: 0, most: 1 };
      case "{": {
        const bounds = /^\{([0-9]+)(,([0-9]*))?\}/.exec(this.text.slice(this.at, this.at + 32));
        if (!bounds) this.fail();
        const [whole, least, comma, most] = bounds as RegExpExecArray;
        this.at += whole.length;
        const low = Number(least);
        const high = !comma ? low : most ? Number(most) : Number.POSITIVE_INFINITY;
        if (high < low) this.fail();
        return { least: low, most: high };
      }
      default:
        return undefined;
    }
  }

  /** What follows `[`, up to and including the closing bracket. */
  private bracket(): Uint8Array {
    const negated = this.text[this.at] === "^";
    if (negated) this.at++;
    const allowed = new Uint8Array(256);
    for (let first = true; ; first = false) {
      const next = this.text[this.at];
      if (next === undefined) this.fail();
      if (next === "]" && !first) {
        this.at++;
        break;
      }
      const name = /^\[([:=.])([^\]]*?)\1\]/.exec(this.text.slice(this.at, this.at + 32));
      if (name?.[1] === ":") {
        this.at += name[0].length;
        const members = CLASSES[(name[2] as string).toLowerCase()];
        if (!members) this.fail();
        for (let unit = 0; unit < 128; unit++) {
          if ((members as RegExp).test(String.fromCharCode(unit))) allowed[unit] = 1;
        }
        continue;
      }
      const from = this.bracketUnit();
      if (this.text[this.at] === "-" && this.text[this.at + 1] !== "]" && this.at + 1 < this.text.length) {
        this.at++;
        const to = this.bracketUnit();
        if (to < from) this.fail();
        allowed.fill(1, from, to + 1);
      } else {
        allowed[from] = 1;
      }
    }
    return negated ? allowed.map((member) => 1 - member) : allowed;
  }

  /** One character of a bracket expression; `[.x.]` and `[=x=]` stand for `x`. */
  private bracketUnit(): number {
    const named = /^\[([=.])(.)\1\]/s.exec(this.text.slice(this.at, this.at + 8));
    const unit = named ? (named[2] as string) : this.text[this.at];
    if (unit === undefined) this.fail();
    this.at += named ? named[0].length : 1;
    return (unit as string).charCodeAt(0);
  }

  private fail(): never {
    throw new NixError("other", `invalid regular expression '${this.text}'`);
  }
}

const CLASSES: Record<string, RegExp> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  d: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  s: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  w: /[A-Za-z0-9_]/,
  xdigit: /[A-Fa-f0-9]/,
};

function setOf(test: (unit: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, unit) => (test(unit) ? 1 : 0));
}

function only(character: string): Uint8Array {
  return setOf((unit) => unit === character.charCodeAt(0));
}
