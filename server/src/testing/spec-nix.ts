import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Reads files with Nix's own parser. Returns Nix's message for the first that does not parse, or undefined.
 */
export function nixParseError(texts: readonly string[]): string | undefined {
  return withFiles(texts, (files) => {
    for (let from = 0; from < files.length; from += 200) {
      try {
        execFileSync("nix-instantiate", ["--parse", ...files.slice(from, from + 200)], {
          stdio: ["ignore", "ignore", "pipe"],
          env: nixEnvironment(),
        });
      } catch (error) {
        return String((error as { stderr?: Buffer }).stderr ?? error);
      }
    }
    return undefined;
  });
}

/** Evaluates files strictly with Nix and returns their values, in order. */
export function nixEvaluate(texts: readonly string[]): unknown[] {
  return withFiles(texts, (files) => {
    const output = execFileSync(
      "nix-instantiate",
      ["--eval", "--strict", "--json", "-E", `[ ${files.map((file) => `(import ${file})`).join(" ")} ]`],
      { encoding: "utf8", env: nixEnvironment(), maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "pipe"] },
    );
    return JSON.parse(output) as unknown[];
  });
}

/** Nix without a store, a daemon or a user's settings. */
function nixEnvironment(): NodeJS.ProcessEnv {
  const state = join(tmpdir(), "nix-impermanence-spec-nix");
  mkdirSync(state, { recursive: true });
  return { PATH: process.env.PATH, HOME: state, NIX_REMOTE: "dummy://", NIX_CONF_DIR: state, NIX_STATE_DIR: state };
}

function withFiles<T>(texts: readonly string[], use: (files: string[]) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-spec-"));
  try {
    const files = texts.map((text, index) => {
      const file = join(folder, `f${index}.nix`);
      writeFileSync(file, text);
      return file;
    });
    return use(files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
