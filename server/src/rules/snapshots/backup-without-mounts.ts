import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { childrenOf, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** A backup that stops at filesystems, of directories whose content is bound there from a store. */
export const backupWithoutMounts = defineRule({
  code: "IMP621",
  name: "backup-without-mounts",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const backup of backups(host)) {
      const flag = backup.flags.texts.find(({ text }) => /^(.*\s)?(--one-file-system|-x)(\s.*)?$/.test(text));
      if (!flag) continue;
      for (const { text, place, certain } of backup.paths.texts) {
        if (certain.answer !== "yes" || !text.startsWith("/")) continue;
        const path = normalise(text);
        const listed = (one: string) =>
          backup.paths.texts.some(
            ({ text: other }) =>
              other !== text && isAtOrBelow(one, normalise(other)) && isBelow(normalise(other), path),
          );
        const missed = mountedBelow(host, path).filter((one) => !listed(one));
        const [first] = missed;
        if (first === undefined) continue;
        const names = missed.slice(0, 3).map((one) => `\`${one}\``);
        report({
          at: place ?? flag.place,
          message: `\`${flag.text}\` keeps the backup \`${backup.name}\` on the filesystem of \`${text}\`: ${names.join(", ")}${missed.length > 3 ? ` and ${missed.length - 3} more` : ""}, which ${missed.length > 1 ? "are" : "is"} mounted there, ${missed.length > 1 ? "are" : "is"} left out, without a word.`,
          help: "Back up the store itself, where the files lie, or leave the option out.",
          related: [{ place: flag.place, message: "the option" }],
        });
      }
    }
  },
});

interface Backup {
  readonly name: string;
  readonly paths: ReturnType<typeof readTexts>;
  readonly flags: { readonly texts: readonly { readonly text: string; readonly place: Place | undefined }[] };
}

function backups({ config }: Host): Backup[] {
  const read = (jobs: OptionNode, flags: string) =>
    childrenOf(jobs).flatMap(({ name, node, certain }) =>
      certain.answer === "yes"
        ? [{ name, paths: readTexts(node.child("paths")), flags: readTexts(node.child(flags)) }]
        : [],
    );
  return [
    ...read(config.at("services", "restic", "backups"), "extraBackupArgs"),
    ...read(config.at("services", "borgbackup", "jobs"), "extraCreateArgs"),
  ];
}

/** What is certainly mounted below a path: persisted directories, and filesystems of disks. */
function mountedBelow(host: Host, path: string): string[] {
  const around = host.fileSystemAt(path);
  const persisted = host.stores.flatMap(({ enabled, directories }) =>
    enabled.answer !== "yes"
      ? []
      : directories.filter(({ certain, linked }) => certain.answer === "yes" && !linked).map((entry) => entry.path),
  );
  const mounts = host.fileSystems.flatMap((fs) =>
    fs.certain.answer === "yes" && fs !== around && fs.fsType.known && fs.fsType.value !== "tmpfs"
      ? [fs.mountpoint]
      : [],
  );
  const all = [...new Set([...persisted, ...mounts])].filter(
    (one) =>
      isBelow(one, path) &&
      !/^\/(boot|efi|nix|mnt|media|proc|sys|dev|run|tmp|\.?snapshots)(\/|$)|\/\.?(swap|snapshots|cache)(\/|$)|^\/var\/(cache|tmp|log)(\/|$)/.test(
        one,
      ),
  );
  return all.filter((one) => !all.some((other) => isBelow(one, other)));
}
