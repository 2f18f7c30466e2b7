import { attributePath } from "../../edits/nix-text.ts";
import type { Place } from "../../eval/origin.ts";
import { look, NixAttrs, NixList } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { isNamed, itemsOf, stringOfValue } from "../../host/read-values.ts";
import type { Definition } from "../../modules/option-node.ts";

/** Why a path is not kept although somebody lists it. */
export interface WhyNotKept {
  /** A sentence to add to a message, with a blank before it. */
  readonly words: string;
  /** Where it is listed. */
  readonly place: Place | undefined;
  readonly related: string;
}

/** Where a path that is lost is listed in vain: in a store that is switched off, or in a definition that another drops. */
export function whyNotKept(host: Host, path: string): WhyNotKept | undefined {
  for (const { name, enabled, directories, files } of host.stores) {
    if (enabled.answer !== "no") continue;
    const entry = [...directories, ...files].find((one) => one.certain.answer === "yes" && isAtOrBelow(path, one.path));
    if (entry) {
      const words = ` \`${entry.path}\` is listed in \`${name}\`, which is switched off on this host.`;
      return { words, place: entry.place, related: "listed here, and switched off" };
    }
  }
  for (const store of host.stores) {
    const node = host.config.at(...store.option);
    for (const kind of ["directories", "files"].filter((list) => isNamed(node, list))) {
      const list = node.child(kind);
      const [winner] = list.definitions();
      if (winner?.condition !== true) continue;
      const dropped = list
        .allDefinitions()
        .filter(({ priority, condition }) => priority > winner.priority && condition === true);
      const definition = dropped.find((one) =>
        elementsOf(one.cell).some((text) => text.startsWith("/") && isAtOrBelow(path, normalise(text))),
      );
      if (!definition) continue;
      const by = winner.priority < 100 ? "one with `mkForce`" : "one without `mkDefault`";
      const words = ` It is listed in \`${attributePath(list.path)}\` by a definition of which nothing is in effect: ${by} takes its place.`;
      return { words, place: placeOfDefinition(definition), related: "listed here, and dropped" };
    }
  }
  return undefined;
}

/** The texts of a list's elements; of entries that are sets, the path. */
export function elementsOf(cell: Definition["cell"]): string[] {
  const value = look(cell);
  if (!(value instanceof NixList)) return [];
  return itemsOf(value).items.flatMap((item) => {
    const named = item.value instanceof NixAttrs ? (item.value.get("directory") ?? item.value.get("file")) : undefined;
    const text = stringOfValue(named ? look(named) : item.value, undefined);
    return text.known ? [text.value] : [];
  });
}

/** Where a definition is written: at its name, which is shorter to point at. */
export function placeOfDefinition({ place, cell, name }: Definition): Place | undefined {
  const file = place?.file ?? cell.place?.file;
  return name && file !== undefined ? { file, start: name.start, end: name.end } : (place ?? cell.place);
}
