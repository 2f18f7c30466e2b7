import { offer } from "../../edits/fix-plan.ts";
import { giveAttributes } from "../../edits/persisted-entry-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A directory that preservation links into the store, where nothing makes what the link leads to. */
export const linkWithoutTarget = defineRule({
  code: "IMP444",
  name: "link-without-target",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const entries = certainEntries(host);
    for (const entry of entries) {
      const { store, path, kind, linked, makesTarget, place } = entry;
      if (store.module !== "preservation" || kind !== "directory" || !linked || makesTarget !== false) continue;
      if (!store.path.known) continue;
      const target = joinPath(store.path.value, path);
      if (isMade(host, entries, entry, target)) continue;
      report({
        at: place ?? store.place,
        message: `\`${path}\` becomes a link to \`${target}\`, and nothing makes that directory: preservation makes only the link. Unless the directory is in the store from before, the link leads nowhere, and a program that wants to make its directory there fails ("File exists").`,
        help: "Give the entry createLinkTarget = true, or keep it by a bind mount, as entries are without `how`.",
        fixes: () =>
          offer(giveAttributes(context, entry, [["createLinkTarget", "true"]]), {
            title: "Make the directory in the store (createLinkTarget = true)",
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

/** Whether something may make the directory in the store. */
function isMade(host: Host, entries: readonly PersistedPath[], own: PersistedPath, target: string): boolean {
  const { fileSystems, scripts } = host;
  // What is kept below it has its own directory in the store, with those around it.
  const others = entries.filter(
    (entry) => entry !== own && entry.store.path.known && !(entry.linked && entry.makesTarget === false),
  );
  return (
    others.some(({ store, path }) => store.path.known && isAtOrBelow(joinPath(store.path.value, path), target)) ||
    fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, target)) ||
    tmpfilesRules(host).some(({ path }) => isAtOrBelow(path, target)) ||
    scripts.some(({ text }) => text.includes(target))
  );
}
