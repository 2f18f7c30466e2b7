// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ROLLBACK_SCRIPTS } from "./rollback-scripts.ts";
import type { Script, SimpleCommand, Word } from "./sh-ast.ts";
import { type Hole, readShell } from "./sh-reader.ts";
import { BASH_SNIPPETS, POSIX_SNIPPETS } from "./sh-snippets.ts";

function accepts(shell: "bash" | "dash", text: string): boolean {
  const run = spawnSync(shell, ["-n"], { input: text, encoding: "utf8" });
  // bash may complain and still end with 0; a here-document without its last line is only a warning.
  return run.stderr.replace(/.*here-document.*\n/g, "") === "" && run.status === 0;
}

function random(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

const ALL = [...Object.values(ROLLBACK_SCRIPTS), ...POSIX_SNIPPETS, ...BASH_SNIPPETS];
const NOISE = [
  "",
  "",
  ";",
  "\n",
  "'",
  '"',
  "$",
  "${",
  "$(",
  "((",
  ")",
  "{",
  "}",
  "`",
  "|",
  "&",
  "<<",
  ">",
  "#",
  "\\",
  "fi",
  "do",
  "[[",
  "=",
  "é",
];

function mutated(int: (max: number) => number): string {
  let text: string = ALL[int(ALL.length)]!;
  for (let edits = 1 + int(3); edits > 0; edits -= 1) {
    const at = int(text.length + 1);
    text = text.slice(0, at) + NOISE[int(NOISE.length)] + text.slice(at + int(3));
  }
  return text;
}

/** Every node below a node, with the span of the node that contains it. */
function* nodes(
  node: unknown,
  outer: { start: number; end: number },
): Generator<[Record<string, unknown>, typeof outer]> {
  if (Array.isArray(node)) {
    for (const item of node) yield* nodes(item, outer);
  } else if (typeof node === "object" && node !== null) {
    const record = node as Record<string, unknown>;
    const spanned = typeof record.start === "number" && typeof record.end === "number";
    if (spanned) yield [record, outer];
    const inner = spanned ? { start: record.start as number, end: record.end as number } : outer;
    // The lines of a here-document stand behind the command that they belong to.
    for (const [key, child] of Object.entries(record))
      yield* nodes(child, key === "body" && "operator" in record ? { start: 0, end: Infinity } : inner);
  }
}

function checkSpans(text: string, script: Script): void {
  for (const [node, outer] of nodes(script, { start: 0, end: text.length })) {
    const { start, end } = node as { start: number; end: number };
    const where = `${node.kind} ${start}..${end} in ${JSON.stringify(text)}`;
    expect(start >= 0 && end >= start && end <= text.length, where).toBe(true);
    expect(start >= outer.start && end <= outer.end, `${where} outside ${outer.start}..${outer.end}`).toBe(true);
    const slice = text.slice(start, end);
    if (node.kind === "literal" && !slice.includes("\\")) expect(node.value, where).toBe(slice);
  }
}

const first = (script: Script) => script.statements[0]!.command as SimpleCommand;
const shape = (word: Word) =>
  word.parts.map((part) => (part.kind === "literal" ? part.value : `<${part.kind}>`)).join("");

describe("readShell, against bash -n and dash -n", () => {
  it(`agrees on ${POSIX_SNIPPETS.length + BASH_SNIPPETS.length} snippets`, () => {
    const differences: string[] = [];
    let accepted = 0;
    for (const text of [...POSIX_SNIPPETS, ...BASH_SNIPPETS]) {
      const theirs = accepts("bash", text);
      const { errors } = readShell(text);
      if (theirs) accepted += 1;
      if (theirs !== (errors.length === 0))
        differences.push(`${JSON.stringify(text)}: bash ${theirs}, ${errors[0]?.message}`);
      if (POSIX_SNIPPETS.includes(text) && accepts("dash", text) !== theirs)
        differences.push(`${text}: dash differs from bash`);
    }
    expect(differences).toEqual([]);
    expect(accepted).toBeGreaterThan(110);
    expect(POSIX_SNIPPETS.length + BASH_SNIPPETS.length - accepted).toBeGreaterThan(60);
  });

  it("accepts the rollback scripts as bash does", () => {
    for (const text of Object.values(ROLLBACK_SCRIPTS)) {
      expect(accepts("bash", text), text).toBe(true);
      expect(readShell(text).errors).toEqual([]);
    }
  });

  it("agrees on nearly all of 400 damaged scripts", () => {
    // What is left are corners such as an unclosed `[` in a command's name and quotes within arithmetic.
    const int = random(11);
    let same = 0;
    for (let round = 0; round < 400; round += 1) {
      const text = mutated(int);
      if (accepts("bash", text) === (readShell(text).errors.length === 0)) same += 1;
    }
    expect(same).toBeGreaterThan(380);
  }, 30_000);
});

describe("readShell", () => {
  it("gives exact offsets", () => {
    for (const text of ALL) checkSpans(text, readShell(text));
  });

  it("never throws, keeps its offsets and stays fast on 5000 damaged scripts", () => {
    const int = random(3);
    let slowest = 0;
    for (let round = 0; round < 5000; round += 1) {
      const text = mutated(int);
      const began = performance.now();
      const script = readShell(text);
      slowest = Math.max(slowest, performance.now() - began);
      if (round % 5 === 0) checkSpans(text, script);
    }
    // No budget: a reader that backtracks would take minutes, a busy machine takes a second.
    expect(slowest).toBeLessThan(5_000);
  }, 30_000);

  it("survives deep nesting and long chains", { timeout: 60_000 }, () => {
    for (const piece of [
      "(",
      "$(",
      "{ ",
      "${a:-",
      '"$(',
      "`",
      "if ",
      "[[ ( ",
      "$((",
      "! ",
      "a && ",
      "a | ",
      "a;",
      "f() ",
      "[[ ! ",
    ]) {
      const began = performance.now();
      expect(readShell(piece.repeat(3000)).statements).toBeDefined();
      expect(performance.now() - began, piece).toBeLessThan(10_000);
    }
  });

  it("keeps what stands before a mistake, also inside an open block", () => {
    const text = "a one\nif b; then\n  c two\n  d )\nfi\n";
    const script = readShell(text);
    expect(script.errors).toEqual([
      { kind: "error", start: text.indexOf(")"), end: text.length, message: expect.stringContaining("not expected") },
    ]);
    expect(script.statements).toHaveLength(2);
    expect(JSON.stringify(script.statements[1])).toContain('"literal":"two"');
  });

  it("splits a word into its parts", () => {
    const command = first(readShell('x a"b $c"\'d\'${e:-f}$(g h)`i`$((1 + 2))\\$z ~/y {p,q} *.txt "*"'));
    expect(command.words.map(shape)).toEqual([
      "x",
      "ab <parameter>d<parameter><command><command><arithmetic>$z",
      "<tilde>/y",
      "{p,q}",
      "*.txt",
      "*",
    ]);
    expect(command.words.map((word) => word.literal)).toEqual(["x", undefined, undefined, undefined, "*.txt", "*"]);
    expect(command.words.map((word) => word.glob)).toEqual([false, false, false, false, true, false]);
  });

  it("maps offsets inside backticks back to the text", () => {
    const text = "x=`echo \\`date +%F\\` \\$y` z";
    const script = readShell(text);
    checkSpans(text, script);
    const found = [...nodes(script, { start: 0, end: text.length })].find(([node]) => node.literal === "date")?.[0];
    expect(found).toMatchObject({ start: text.indexOf("date"), end: text.indexOf("date") + 4 });
  });

  it("reads here-documents with their expansions", () => {
    const text = "cat <<EOF >out\nmount $dev\nEOF\ncat <<'E'\n$raw\nE\n";
    const [one, two] = readShell(text).statements.map(
      (statement) => (statement.command as SimpleCommand).redirects[0]!,
    );
    expect(shape(one!.body!)).toBe("mount <parameter>\n");
    expect(two!.body!.literal).toBe("$raw\n");
    expect(text.slice(one!.body!.start, one!.body!.end)).toBe("mount $dev\n");
  });

  it("takes either reading of quotes in a default value", () => {
    expect(readShell('echo "${a:-it\'s}"').errors).toEqual([]);
    expect(readShell("for 1 in a; do b; done").errors).toHaveLength(1);
    expect(readShell("[[ a && ]]").errors).toHaveLength(1);
  });

  describe("with holes", () => {
    const read = (template: string) => {
      // The text between « and » is a hole, whatever it holds.
      const holes: Hole[] = [];
      let text = "";
      for (const piece of template.split(/(«[^»]*»)/)) {
        if (piece.startsWith("«")) holes.push({ start: text.length, end: text.length + piece.length, key: piece });
        text += piece;
      }
      return { text, script: readShell(text, { holes }) };
    };

    it("gives a word with a hole no literal value", () => {
      const { script } = read("mount «cfg.device» /mnt/«name» \"a «b' c» d\" 'x«y\"»' ${z:-«;|»} x");
      expect(script.errors).toEqual([]);
      expect(first(script).words.map(shape)).toEqual([
        "mount",
        "<hole>",
        "/mnt/<hole>",
        "a <hole> d",
        "x<hole>",
        "<parameter>",
        "x",
      ]);
      expect(first(script).words.map((word) => word.literal)).toEqual(["mount", ...Array(5).fill(undefined), "x"]);
    });

    it("never looks inside a hole", () => {
      for (const inside of ["fi", "'", "\n", "# x", "EOF", ")", "done", "$(", " = "]) {
        for (const template of [
          "a «X»",
          "«X»\nb",
          "# note «X» end\nb",
          "cat <<E\n«X»\nE\n",
          "if a; then «X»; fi",
          "$(a «X»)",
          "x=`a «X»`",
          "x=«X»y",
          "echo $((«X»))",
        ]) {
          expect(read(template.replace("X", inside)).script.errors, `${template} with ${inside}`).toEqual([]);
        }
      }
    });
  });
});
