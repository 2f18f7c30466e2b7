import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { bindingAt, childrenOf, nameAt, readBoolean, setAt } from "../../host/read-values.ts";
import { importsImageModule } from "../reading/image-modules.ts";
import { defineRule } from "../rule.ts";

/**
 * 2025-09-20, the time of impermanence 2b99fef in seconds since 1970: its mounts are `systemd.mounts` from that commit on,
 * and no `fileSystems`. The commit came to the main branch in January 2026 with those after it; before, that branch had
 * stood at one of January 2025, so that no revision between the two dates is without it.
 */
const OWN_MOUNTS = 1_758_372_777;
/** The only options of a filesystem that say nothing of what is mounted. */
const FLAG = "neededForBoot";

/** The flag alone declares a filesystem, and NixOS refuses one without a device. */
export const neededForBootWithoutDevice = defineRule({
  code: "IMP305",
  name: "needed-for-boot-without-device",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    // The filesystems of an image are not these, and may be all that there are.
    if (host.fileSystemsOpen !== undefined || importsImageModule(host)) return;
    for (const { name, node, certain } of childrenOf(host.config.child("fileSystems"))) {
      if (certain.answer !== "yes" || node.open() !== undefined) continue;
      const fields = childrenOf(node);
      if (fields.length !== 1 || fields[0]?.name !== FLAG || fields[0].certain.answer !== "yes") continue;
      const flag = node.child(FLAG);
      const value = readBoolean(flag);
      const fs = host.fileSystems.find(({ mountpoint }) => mountpoint === normalise(name));
      if (fs?.declaredBy !== "fileSystems" || !value?.known) continue;
      const lacks = lacksDevice(host, fs);
      if (lacks === "no") continue;
      const entry = host.fateOf(fs.mountpoint).persisted;
      const bound = entry?.path === fs.mountpoint ? entry : undefined;
      context.report({
        at: nameAt(flag) ?? setAt(flag),
        ...(lacks === "perhaps" ? { severity: "information" as const } : {}),
        message: `\`${fs.mountpoint}\` gets \`${FLAG}\`, but ${lacks === "perhaps" ? "since January 2026 " : ""}nothing says what is mounted there${bound ? `: ${bound.store.module} makes its mounts outside of \`fileSystems\`` : ""}. NixOS refuses to evaluate${lacks === "perhaps" ? " then" : ""}: "No device specified for mount point '${fs.mountpoint}'".`,
        help: bound?.store.path.known
          ? `${lacks === "perhaps" ? "With such a revision remove it." : "Remove it."} What needs the files before they are mounted reads them at \`${bound.store.path.value}${fs.mountpoint}\`.`
          : "Remove it, or declare the filesystem.",
        related: [{ place: bound?.place, message: "persisted here" }],
        // An older revision needs the flag, if it has one.
        fixes: () =>
          lacks === "perhaps"
            ? []
            : offer(removeBindingAt(context, bindingAt(flag)), { title: `Remove \`${FLAG}\``, safety: "safe" }),
      });
    }
  },
});

/** Older revisions of impermanence give a filesystem to each directory that they persist, with its device. */
function lacksDevice(host: Host, fs: FileSystem): "yes" | "perhaps" | "no" {
  const persisted = host.stores
    .filter(({ module, enabled }) => module === "impermanence" && enabled.answer !== "no")
    .some(
      ({ directories, open }) => open.length > 0 || directories.some(({ path }) => normalise(path) === fs.mountpoint),
    );
  if (!persisted) return !fs.device.known && host.storesOpen === undefined ? "yes" : "no";
  const lockedAt = host.release.impermanenceAt;
  if (lockedAt !== undefined) return lockedAt >= OWN_MOUNTS ? "yes" : "no";
  const isListed = host.stores.some(({ directories }) => directories.some(({ path }) => path === fs.mountpoint));
  return isListed ? "perhaps" : "no";
}
