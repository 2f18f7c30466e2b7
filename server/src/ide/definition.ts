import type { FileSource } from "../eval/file-source.ts";
import type { Place } from "../eval/origin.ts";
import { normalisePath, parentPath } from "../eval/path-name.ts";
import type { Program } from "../syntax/expr.ts";
import type { CheckedHost } from "./analysis.ts";
import { pathLiteralAt, writtenTextAt } from "./path-at.ts";

/**
 * Where the thing under the cursor is declared: the file of a path literal (a folder's `default.nix`; for
 * an import that leads nowhere the file the analysis took instead), or what decides a path's fate.
 */
export function definition(
  program: Program,
  offset: number,
  hosts: readonly CheckedHost[],
  files: FileSource,
): readonly Place[] {
  const literal = pathLiteralAt(program, offset);
  const first = literal?.parts[0];
  if (literal && first?.kind === "chunk" && literal.parts.length === 1) {
    const target = importedFile(program, first.text, files) ?? replacement(program, literal.start, hosts);
    return target ? [{ file: target, start: 0, end: 0 }] : [];
  }
  const written = writtenTextAt(program, offset);
  if (!written?.text.startsWith("/")) return [];
  const places = hosts
    .filter((host) => host.files.has(program.path))
    .flatMap(({ host }) => host.fateOf(written.text).place ?? []);
  return unique(places);
}

function importedFile(program: Program, text: string, files: FileSource): string | undefined {
  const path = normalisePath(text.startsWith("/") ? text : `${parentPath(program.path)}/${text}`);
  if (!files.covers(path)) return undefined;
  const kind = files.kind(path);
  if (kind === "regular") return path;
  return kind === "directory" && files.kind(`${path}/default.nix`) === "regular" ? `${path}/default.nix` : undefined;
}

function replacement(program: Program, start: number, hosts: readonly CheckedHost[]): string | undefined {
  for (const { configuration } of hosts) {
    const problem = configuration.problems.find(({ place }) => place?.file === program.path && place.start === start);
    if (problem?.replacement) return problem.replacement;
  }
  return undefined;
}

function unique(places: readonly Place[]): readonly Place[] {
  const seen = new Map(places.map((place) => [`${place.file}:${place.start}:${place.end}`, place]));
  return [...seen.values()];
}
