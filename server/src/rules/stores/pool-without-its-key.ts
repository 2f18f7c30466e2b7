import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** An encrypted dataset that the boot mounts, and whose key it is told not to load. */
export const poolWithoutItsKey = defineRule({
  code: "IMP338",
  name: "pool-without-its-key",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const option = host.config.at("boot", "zfs", "requestEncryptionCredentials");
    if (option.isDefined() === false || isLoadedElsewhere(host)) return;
    const flag = readBoolean(option);
    const list = readTexts(option);
    const isOff = flag?.known === true && !flag.value;
    if (!isOff && (flag?.known || list.open.length > 0)) return;
    const named = new Set(isOff ? [] : list.texts.map(({ text }) => text));
    const roots = encryptionRoots(host);
    const said = new Set<string>();
    for (const { mountpoint, device, fsType, certain, options, place } of host.fileSystems) {
      if (certain.answer !== "yes" || !fsType.known || fsType.value !== "zfs" || !device.known) continue;
      if (options.some(({ text }) => /^(noauto|nofail)$/.test(text))) continue;
      const root = rootOf(roots, device.value);
      if (!root || !root.isEncrypted || named.has(root.name) || said.has(root.name)) continue;
      said.add(root.name);
      report({
        at: isOff ? flag.place : (list.texts[0]?.place ?? root.place),
        message: `\`${mountpoint}\` is encrypted (its key is that of \`${root.name}\`), and \`boot.zfs.requestEncryptionCredentials\` ${isOff ? "loads no key at boot" : `names only ${[...named].map((name) => `\`${name}\``).join(", ") || "nothing"}, each of which stands for itself alone`}. The pool is imported with the dataset locked, the mount fails, and the boot ends in emergency mode.`,
        help: isOff
          ? "Leave the option out: by default all keys are loaded."
          : `Add "${root.name}" to the list, or leave the option out: by default all keys are loaded.`,
        related: [
          { place: root.place, message: "it is encrypted here" },
          { place, message: "the boot mounts this" },
        ],
      });
    }
  },
});

interface EncryptionRoot {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly place: Place | undefined;
}

/** The datasets of disko that say whether they are encrypted. */
function encryptionRoots({ config }: Host): readonly EncryptionRoot[] {
  return childrenOf(config.at("disko", "devices", "zpool")).flatMap(({ name: pool, node, certain }) => {
    if (certain.answer !== "yes") return [];
    const own = rootAt(pool, node.child("rootFsOptions"));
    const sets = childrenOf(node.child("datasets")).flatMap((one) =>
      rootAt(`${pool}/${one.name}`, one.node.child("options")),
    );
    return [...own, ...sets];
  });
}

function rootAt(name: string, options: OptionNode): EncryptionRoot[] {
  const encryption = isNamed(options, "encryption") ? readString(options.child("encryption")) : undefined;
  // A value that is not known may be either.
  return encryption
    ? [{ name, isEncrypted: encryption.known && encryption.value !== "off", place: encryption.place }]
    : [];
}

/** The next one above a dataset that says it. */
function rootOf(roots: readonly EncryptionRoot[], dataset: string): EncryptionRoot | undefined {
  return roots
    .filter(({ name }) => dataset === name || dataset.startsWith(`${name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

/** Whether a script, a login or clevis loads keys. */
function isLoadedElsewhere({ config, scripts }: Host): boolean {
  return (
    scripts.some(({ text }) => /\bload-key\b|\bzfs\s+mount\s+-l\b/.test(text)) ||
    config.at("security", "pam", "zfs", "enable").isDefined() !== false ||
    config.at("boot", "initrd", "clevis", "enable").isDefined() !== false
  );
}
