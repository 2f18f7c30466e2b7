import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { isBelow } from "../../host/paths.ts";
import { defineRule } from "../rule.ts";

/** A path that is its own filesystem needs no persistence; the bind mount hides the filesystem. */
export const persistedMountpoint = defineRule({
  code: "IMP408",
  name: "persisted-mountpoint",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const store of host.stores) {
      if (store.enabled.answer === "no") continue;
      for (const entry of store.directories) {
        if (entry.certain.answer === "no") continue;
        const isInNix = isBelow(entry.path, "/nix");
        const fs = host.fileSystems.find(
          ({ mountpoint, certain }) => mountpoint === (isInNix ? "/nix" : entry.path) && certain.answer === "yes",
        );
        // An entry without a device only adds to what the persistence module mounts there.
        if (!fs?.device.known || fs.mountpoint === "/" || isMemoryOrBind(fs)) continue;
        if (isInNix && (!store.path.known || isBelow(store.path.value, "/nix"))) continue;
        const from = `The bind mount from ${store.path.known ? `\`${store.path.value}\`` : "the store"}`;
        context.report({
          at: entry.place ?? store.place,
          message: isInNix
            ? `\`${entry.path}\` is on the filesystem \`/nix\`, which is kept, and is persisted as well. ${from} hides what Nix has there, such as its database and the generations of the system.`
            : `\`${entry.path}\` has a filesystem of its own and is persisted as well. ${from} hides the filesystem, which stays empty.`,
          help: isInNix
            ? "Remove the entry. What was written to the store since belongs to the filesystem."
            : "Decide for one: remove the entry (and copy the data from the store to the filesystem), or the filesystem.",
          related: [{ place: fs.place, message: `\`${fs.mountpoint}\` is mounted here` }],
          fixes: () =>
            entry.editable
              ? offer(removeElementAt(context, entry.place), {
                  title: `Stop persisting \`${entry.path}\``,
                  safety: "unsafe",
                  note: `Copy what is in the store to the filesystem first; it is not seen any more afterwards.`,
                })
              : [],
        });
      }
    }
  },
});

function isMemoryOrBind(fs: {
  fsType: { known: boolean; value?: unknown };
  options: readonly { text: string }[];
}): boolean {
  return (
    (fs.fsType.known && (fs.fsType.value === "tmpfs" || fs.fsType.value === "none")) ||
    fs.options.some(({ text }) => text === "bind" || text === "rbind")
  );
}
