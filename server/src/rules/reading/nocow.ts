import type { Place } from "../../eval/origin.ts";
import { NixAttrs, NixList } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, itemsOf, readTexts } from "../../host/read-values.ts";

/** A directory that the host marks NOCOW with tmpfiles. */
export interface NocowMark {
  readonly path: string;
  readonly place: Place | undefined;
}

/** All tmpfiles rules `h PATH … +C` (and `H`), from `rules` and `settings`. */
export function nocowMarks(host: Host): readonly NocowMark[] {
  const { texts } = readTexts(host.config.at("systemd", "tmpfiles", "rules"));
  const marks: NocowMark[] = [];
  for (const { text, place } of texts) {
    const words = text.trim().split(/\s+/);
    const [type = "", path] = words;
    if (/^[hH]/.test(type) && path && /^[+=]?\w*C/.test(words[6] ?? words.at(-1) ?? "")) {
      marks.push({ path: normalise(path), place });
    }
  }
  for (const group of childrenOf(host.config.at("systemd", "tmpfiles", "settings"))) {
    for (const { name, node } of childrenOf(group.node)) {
      const isMarked = childrenOf(node).some(({ name: type, node: rule }) => {
        const argument = rule.child("argument").value();
        return /^[hH]/.test(type) && typeof argument === "string" && argument.includes("C");
      });
      if (isMarked) marks.push({ path: normalise(name), place: undefined });
    }
  }
  return marks;
}

/** Whether a path is in a directory that the host marks NOCOW, by its own path or by its place in a store. */
export function isNocow(host: Host, path: string): boolean {
  const marks = nocowMarks(host);
  const persisted = host.fateOf(path).persisted;
  const store = persisted?.store.path;
  const stored = store?.known ? normalise(`${store.value}/${path}`) : undefined;
  return marks.some((mark) => isAtOrBelow(path, mark.path) || (stored !== undefined && isAtOrBelow(stored, mark.path)));
}

/** Whether tmpfiles rules may exist that cannot be seen. */
export function tmpfilesOpen(host: Host): boolean {
  const value = host.config.at("systemd", "tmpfiles", "rules").value();
  if (value instanceof NixList) return itemsOf(value).open.length > 0;
  return !(value instanceof NixAttrs) && host.config.at("systemd", "tmpfiles", "rules").isDefined() !== false;
}
