import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

/** A btrfs over several disks of which only the metadata is mirrored. */
export const unmirroredData = defineRule({
  code: "IMP381",
  name: "unmirrored-data",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const { type, node, certain } of diskoContents(context.host.config)) {
      if (type !== "btrfs" || certain.answer !== "yes") continue;
      const extra = readTexts(node.child("extraArgs"));
      if (extra.open.length > 0 || extra.texts.some((one) => one.certain.answer !== "yes")) continue;
      const words = extra.texts.flatMap(({ text, place }) =>
        text
          .split(/\s+/)
          .filter((word) => word !== "")
          .map((word) => ({ word: word.replace(/^["']|["']$/g, ""), place })),
      );
      const devices = words.filter(({ word }) => /^\/dev\/\S+$/.test(word));
      const metadata = profileOf(words);
      if (devices.length > 0 && metadata && /^raid0$/i.test(metadata.profile)) {
        const kept = keptOn(context.host, node);
        context.report({
          at: metadata.place,
          ...(kept === undefined ? { severity: "information" as const } : {}),
          message: `\`-m ${metadata.profile}\` keeps one copy of the metadata, spread over ${devices.length + 1} disks: btrfs finds a bad block in it and has nothing to mend it from, so that the filesystem may not come up any more. Without \`-m\` mkfs.btrfs keeps two copies, on two disks.${kept === undefined ? "" : ` \`${kept}\` is on it.`}`,
          help: 'Write "-m" "raid1", or leave -m out; a filesystem that exists is converted with btrfs balance start -mconvert=raid1 MOUNTPOINT. It takes little space, whatever the profile of the data.',
          related: devices.slice(0, 3).map(({ place }) => ({ place, message: "another disk" })),
        });
        continue;
      }
      if (
        devices.length === 0 ||
        !metadata ||
        !MIRRORED.test(metadata.profile) ||
        words.some(({ word }) => /^(-\w*[dM]|--data|--mixed)/.test(word))
      )
        continue;
      context.report({
        at: metadata.place,
        message: `Only the metadata is kept as \`${metadata.profile}\`: without \`-d\` mkfs.btrfs gives data the profile \`single\`, so that each file is on one of the ${devices.length + 1} disks. When one of them dies, what is on it is gone, and the filesystem does not come up any more without \`degraded\`.`,
        help: `Add "-d" "${metadata.profile}" to extraArgs; a filesystem that exists is converted with btrfs balance start -dconvert=${metadata.profile} MOUNTPOINT. Write "-d" "single" if the data need not be mirrored.`,
        related: devices.slice(0, 3).map(({ place }) => ({ place, message: "another disk" })),
        fixes: () =>
          offer(appendToListOption(context, [...node.path, "extraArgs"], ['"-d"', `"${metadata.profile}"`]), {
            title: `Keep the data as ${metadata.profile} as well`,
            safety: "unsafe",
            note: "disko makes filesystems only when it formats a disk: convert one that exists with btrfs balance.",
          }),
      });
    }
  },
});

/** The store of the host that is on a filesystem of disko's, by the mount points of its subvolumes. */
function keptOn(host: Host, node: OptionNode): string | undefined {
  const subvolumes = childrenOf(node.child("subvolumes")).map((one) => readString(one.node.child("mountpoint")));
  const mountpoints = [readString(node.child("mountpoint")), ...subvolumes].flatMap((one) =>
    one?.known ? [normalise(one.value)] : [],
  );
  return host.stores
    .flatMap(({ path, enabled }) => (path.known && enabled.answer === "yes" ? [path.value] : []))
    .find((path) => mountpoints.includes(host.fileSystemAt(path)?.mountpoint ?? ""));
}

/** Profiles with which a filesystem outlives the loss of a disk. */
const MIRRORED = /^raid(1|1c3|1c4|10|5|6)$/i;

function profileOf(words: readonly { readonly word: string; readonly place: Place | undefined }[]) {
  for (const [index, { word, place }] of words.entries()) {
    const own = /^(?:-m|--metadata=?)(.*)$/.exec(word);
    if (!own) continue;
    const value = own[1]
      ? { profile: own[1], place }
      : { profile: words[index + 1]?.word ?? "", place: words[index + 1]?.place };
    return value;
  }
  return undefined;
}
