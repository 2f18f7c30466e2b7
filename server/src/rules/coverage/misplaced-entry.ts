import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Entries where a bind mount is of no use: what is kept anyway, what is in memory, the store itself. */
export const misplacedEntry = defineRule({
  code: "IMP417",
  name: "misplaced-entry",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      const wrong = misplaced(context.host, entry);
      if (!wrong) continue;
      context.report({
        at: entry.place ?? entry.store.place,
        severity: wrong.isKey || wrong.isRoot ? "error" : "warning",
        message: wrong.message,
        help: wrong.help,
        fixes: () =>
          wrong.isKey || !entry.editable
            ? []
            : offer(removeElementAt(context, entry.place), {
                title: `Stop persisting \`${entry.path}\``,
                safety: "unsafe",
                note: "Copy what is in the store back to its place first.",
              }),
      });
    }
  },
});

interface Misplaced {
  readonly message: string;
  readonly help: string;
  /** A key that the initrd needs. */
  readonly isKey?: boolean;
  /** The root itself. */
  readonly isRoot?: boolean;
}

function misplaced(host: Host, { path, store, kind }: PersistedPath): Misplaced | undefined {
  if (path === "/") {
    return {
      isRoot: true,
      message:
        "`/` is the root itself, for which the host has a filesystem already. The entry is a second one for `/`: NixOS refuses the host, or the store is mounted over everything.",
      help: "Remove the entry, and list what is to be kept. Where nothing is to be wiped, no store is needed.",
    };
  }
  if (store.path.known && store.path.value !== "/" && isAtOrBelow(path, store.path.value)) {
    return {
      message: `\`${path}\` is in the store \`${store.path.value}\` itself, which keeps it already. The entry hides it behind \`${store.path.value}${path}\`.`,
      help: "Remove the entry. What is in the store directly needs none.",
    };
  }
  const memory = ["/proc", "/sys", "/dev", "/run"].find((directory) => isAtOrBelow(path, directory));
  if (memory !== undefined) {
    return {
      message: `\`${path}\` is in ${memory}, which the kernel and systemd fill anew at every boot. What programs find there from the last boot is wrong.`,
      help: "Remove the entry; keep the setting it comes from in the configuration.",
    };
  }
  const boot = /^\/(boot|efi)(\/|$)/.test(path) ? host.fileSystemAt(path) : undefined;
  if (!boot || boot.mountpoint === "/") return undefined;
  const isKey = kind === "file" && /key|luks|crypt/i.test(path);
  return {
    isKey,
    message: isKey
      ? `\`${path}\` looks like the key of an encrypted disk. The initrd needs it before the store is there, and the boot partition keeps it already.`
      : `\`${path}\` is on \`${boot.mountpoint}\`, which keeps it already. The boot loader reads that partition, not the store behind the bind mount.`,
    help: isKey
      ? 'Put the key into the initrd: boot.initrd.secrets."/key" = "/persist/key"; and boot.initrd.luks.devices.<name>.keyFile = "/key"; a boot partition that is not encrypted holds it in the clear.'
      : "Remove the entry.",
  };
}
