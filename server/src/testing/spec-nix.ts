import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Lets Nix's own parser read many texts, few processes for all; what it says about those it refuses. */
export function nixParseErrors(texts: readonly string[]): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-"));
  try {
    const files = texts.map((text, index) => {
      const file = join(folder, `f${index}.nix`);
      writeFileSync(file, text);
      return file;
    });
    for (let from = 0; from < files.length; from += 200) {
      const { status, stderr, error } = spawnSync("nix-instantiate", ["--parse", ...files.slice(from, from + 200)], {
        encoding: "utf8",
        maxBuffer: 256 << 20,
      });
      if (error) throw error;
      if (status !== 0) return stderr;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
