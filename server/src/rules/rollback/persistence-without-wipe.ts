import { defineRule } from "../rule.ts";

const KEEPS = new Set(["btrfs", "ext4", "ext3", "xfs", "f2fs", "bcachefs", "zfs", "jfs"]);

/** What persists is declared, and nothing is seen to wipe the rest. */
export const persistenceWithoutWipe = defineRule({
  code: "IMP511",
  name: "persistence-without-wipe",
  group: "rollback",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    if (host.ephemeralRoot.kind !== "none" || host.rollbacks.length > 0 || host.fileSystemsOpen !== undefined) return;
    const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
    if (root?.certain.answer !== "yes" || !root.fsType.known || !KEEPS.has(root.fsType.value)) return;
    if (host.stores.some(({ enabled, open }) => enabled.answer === "unknown" || open.length > 0)) return;
    const store = host.stores.find(
      ({ enabled, directories, files }) => enabled.answer === "yes" && directories.length + files.length > 0,
    );
    // The store of a host whose root persists is often on the root, too.
    if (!store?.path.known) return;
    report({
      at: store.place,
      message: `\`${store.path.value}\` keeps paths through reboots, but nothing in the configuration empties \`/\` (${root.fsType.value}): everything else persists as well. The day the root is really wiped, all that nobody thought of is lost at once.`,
      help: "Wipe the root at boot (a tmpfs, or a rollback in the initrd), or take the store for what it is: a place for the data of these paths.",
      related: [{ place: root.place, message: "the root" }],
    });
  },
});
