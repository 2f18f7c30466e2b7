import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isDeclared } from "../../host/model-options.ts";
import { childrenOf, nameAt } from "../../host/read-values.ts";

/** The options of a filesystem. Source of truth: nixos/modules/tasks/filesystems.nix and those that add to it. */
const OPTIONS = [
  ...["autoFormat", "autoResize", "depends", "device", "enable", "encrypted", "formatOptions", "fsType", "label"],
  ...["mountPoint", "neededForBoot", "noCheck", "options", "overlay", "stratis"],
];

/** What disko and other systems call them. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["type", "fsType"],
  ["format", "fsType"],
  ["filesystem", "fsType"],
  ["mountoptions", "options"],
  ["fsoptions", "options"],
  ["option", "options"],
  ["opts", "options"],
  ["dev", "device"],
  ["devices", "device"],
  ...OPTIONS.map((name) => [name.toLowerCase(), name] as const),
]);

/** A name in a filesystem or a store that is no option there. */
export interface StrangeName {
  readonly path: readonly string[];
  /** The one that was meant. */
  readonly meant?: string;
  /** The module that has it, where it is another one's. */
  readonly owner?: string;
  readonly place: Place | undefined;
}

/** Names in `fileSystems` that are those of other tools, or written in another case; where nobody declares more of them. */
export function strangeFileSystemNames({ config }: Host): readonly StrangeName[] {
  const option = config.child("fileSystems");
  if (isDeclared(option)) return [];
  return childrenOf(option).flatMap(({ node, certain }) =>
    certain.answer !== "yes"
      ? []
      : childrenOf(node).flatMap((child) => {
          const meant = OPTIONS.includes(child.name) ? undefined : OTHER_NAMES.get(child.name.toLowerCase());
          if (meant === undefined || child.certain.answer !== "yes") return [];
          return [{ path: child.node.path, meant, place: nameAt(child.node) }];
        }),
  );
}
