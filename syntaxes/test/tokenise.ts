import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const require = createRequire(import.meta.url);
const folder = new URL("../", import.meta.url);

const files: Readonly<Record<string, string>> = {
  "source.nix": "nix.tmLanguage.json",
  "source.shell": "test/shell-stand-in.tmLanguage.json",
  "markdown.nix.codeblock": "nix.markdown-injection.json",
};

/** A piece of a line with its scopes, outermost first. */
export interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

/** A grammar as VS Code would load it: same engine, same regular expression library. */
export interface Tokeniser {
  /** Tokens of every line, each line without its end. */
  lines(text: string): Token[][];
  /** The same, with how many rules are still open after the last line; 1 when everything was closed. */
  run(text: string): { lines: Token[][]; depth: number };
  /** Milliseconds for the text, tokenised the way an editor does it: without spelling out the scopes of every token. */
  time(text: string): number;
}

/** @param shell path of another grammar for source.shell than the stand-in of the tests */
export async function createTokeniser(scope = "source.nix", shell?: string): Promise<Tokeniser> {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    async loadGrammar(name) {
      if (name === "text.html.markdown") {
        return { scopeName: name, patterns: [], repository: {} as never };
      }
      const file = name === "source.shell" && shell ? shell : files[name] && new URL(files[name], folder);
      return file ? textmate.parseRawGrammar(readFileSync(file, "utf8"), "grammar.json") : null;
    },
    getInjections: (name) => (name === "text.html.markdown" ? ["markdown.nix.codeblock"] : undefined),
  });
  const grammar = await registry.loadGrammar(scope);
  if (!grammar) throw new Error(`There is no grammar for ${scope}.`);
  const run = (text: string) => {
    let state = textmate.INITIAL;
    const lines = text.split("\n").map((line) => {
      const result = grammar.tokenizeLine(line, state);
      state = result.ruleStack;
      return result.tokens.map(({ startIndex, endIndex, scopes }) => ({
        text: line.slice(startIndex, endIndex),
        scopes,
      }));
    });
    return { lines, depth: state.depth };
  };
  const time = (text: string) => {
    const start = performance.now();
    let state = textmate.INITIAL;
    for (const line of text.split("\n")) state = grammar.tokenizeLine2(line, state).ruleStack;
    return performance.now() - start;
  };
  return { run, time, lines: (text) => run(text).lines };
}
