import type { Place } from "../../eval/origin.ts";
import { isWithin, parentPath } from "../../eval/path-name.ts";
import { look, NixAttrs, NixList } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";

/** A path as it is written in a folder. */
export function below(folder: string, path: string): string {
  return path.slice(folder === "/" ? 1 : folder.length + 1);
}

/** The nearest file of that name beside a file or above it. */
export function above(host: Host, path: string, name: string): string[] {
  const top = parentPath(host.entry);
  const found: string[] = [];
  for (let folder = parentPath(path); isWithin(folder, top); folder = parentPath(folder)) {
    const candidate = `${folder === "/" ? "" : folder}/${name}`;
    if (host.beside(candidate).state === "read") found.push(candidate);
    if (folder === top || folder === "/") break;
  }
  return found;
}

/** The public keys that the `secrets.nix` of agenix lists for a file. */
export function recipientsIn(value: ReturnType<typeof look>, name: string): readonly string[] | undefined {
  if (!(value instanceof NixAttrs)) return undefined;
  const entry = value.has(name) === true ? value.get(name) : undefined;
  const set = entry && look(entry);
  const list = set instanceof NixAttrs ? set.get("publicKeys") : undefined;
  const items = list && look(list);
  if (!(items instanceof NixList)) return undefined;
  const texts = items.items.map((item) => ("force" in item ? look(item) : undefined));
  return texts.every((text) => typeof text === "string") ? texts : undefined;
}

/** Where `secrets.nix` names a file. */
export function placeOfFile(file: string, text: string, name: string): Place | undefined {
  const start = text.indexOf(`"${name}"`);
  return start < 0 ? undefined : { file, start, end: start + name.length + 2 };
}
