import type { Case, Word } from "./sh-ast.ts";
import type { ShellParser } from "./sh-parser.ts";

const TERMINATORS = [";;", ";&", ";;&"];

/** Reads `case word in pattern) … ;; esac` from the keyword on. */
export function readCase(parser: ShellParser): Case {
  const { start } = parser.take();
  const token = parser.lexer.peek();
  const word = token.kind === "word" ? token.word : emptyWord(token.start);
  if (token.kind === "word") parser.take();
  else parser.unexpected("“case” needs a word to compare.");
  parser.skipNewlines();
  parser.expect("in", "After the word of “case” follows “in”.");
  parser.skipNewlines();
  const arms: Case["arms"] = [];
  while (!parser.isWord("esac") && parser.lexer.peek().kind !== "end") {
    const patterns = readPatterns(parser);
    const body = parser.list(undefined);
    const terminator = TERMINATORS.find((text) => parser.isOperator(text)) ?? "";
    arms.push({ patterns, body, terminator });
    if (terminator !== "") parser.take();
    else if (!parser.isWord("esac")) parser.unexpected("A branch of “case” ends with “;;”.");
    parser.skipNewlines();
  }
  parser.expect("esac", "The “case” is never closed with “esac”.");
  return { kind: "case", word, arms, redirects: parser.redirects(), ...parser.span(start) };
}

function readPatterns(parser: ShellParser): Word[] {
  if (parser.isOperator("(")) parser.take();
  const patterns: Word[] = [];
  do {
    if (patterns.length > 0) parser.take();
    const token = parser.lexer.peek();
    if (token.kind !== "word") {
      parser.unexpected("A branch of “case” begins with a pattern.");
      return patterns;
    }
    patterns.push(token.word);
    parser.take();
  } while (parser.isOperator("|"));
  parser.expect(")", "The pattern of a “case” branch ends with “)”.");
  return patterns;
}

function emptyWord(at: number): Word {
  return { kind: "word", start: at, end: at, parts: [], glob: false, brace: false };
}
