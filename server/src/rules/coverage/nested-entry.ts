import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { PersistedPath } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** An entry below a persisted directory of the same store adds a mount and nothing else. */
export const nestedEntry = defineRule({
  code: "IMP412",
  name: "nested-entry",
  group: "coverage",
  severity: "hint",
  since: "0.1.0",

  check(context) {
    const entries = certainEntries(context.host);
    const directories = new Map<string, PersistedPath>();
    for (const entry of entries) {
      const { kind, linked, path } = entry;
      if (kind === "directory" && !linked && !directories.has(path)) directories.set(path, entry);
    }
    for (const entry of entries) {
      if (entry.linked || SPECIAL.has(entry.path)) continue;
      const around = nearestAround(directories, entry);
      // What is needed early may be listed beside a parent that is mounted late.
      if (!around || !isSameStore(around, entry) || (entry.inInitrd && !around.inInitrd)) continue;
      // A filesystem in between is what the entry lies on.
      const between = context.host.fileSystems.some(
        ({ mountpoint }) => isAtOrBelow(entry.path, mountpoint) && isBelow(mountpoint, around.path),
      );
      if (between) continue;
      const hasOwner = entry.mode !== undefined || entry.group !== undefined;
      context.report({
        at: entry.place ?? entry.store.place,
        message: `\`${entry.path}\` is in \`${around.path}\`, which is persisted in the same store already. The second mount shows the same ${entry.kind} and only has to come after the first.`,
        help: hasOwner
          ? "Remove the entry once the directory is there; its owner and mode count only when it is made."
          : "Remove the entry: the data stays where it is.",
        related: [{ place: around.place, message: `\`${around.path}\` is persisted here` }],
        fixes: () =>
          entry.editable
            ? offer(removeElementAt(context, entry.place), {
                title: `Remove the entry for \`${entry.path}\``,
                safety: hasOwner ? "unsafe" : "safe",
                preferred: true,
                ...(hasOwner && {
                  note: "On a new installation the directory is then made with the default owner and mode.",
                }),
              })
            : [],
      });
    }
  },
});

/** impermanence makes something of these entries that their parents do not have. */
const SPECIAL = new Set(["/etc/machine-id", "/var/lib/nixos", "/var/log"]);

/** The innermost of the directories around an entry: its mount is what the entry would be part of. */
function nearestAround(
  directories: ReadonlyMap<string, PersistedPath>,
  { path }: PersistedPath,
): PersistedPath | undefined {
  for (let end = path.lastIndexOf("/"); end >= 0; end = path.lastIndexOf("/", end - 1)) {
    const around = directories.get(path.slice(0, end) || "/");
    if (around && around.path !== path) return around;
    if (end === 0) return undefined;
  }
  return undefined;
}

function isSameStore(a: PersistedPath, b: PersistedPath): boolean {
  if (a.store.module !== b.store.module || !a.store.path.known || !b.store.path.known) return false;
  return a.store.path.value === b.store.path.value;
}
