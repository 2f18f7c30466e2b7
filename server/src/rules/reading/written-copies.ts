import type { Place } from "../../eval/origin.ts";
import { parentPath } from "../../eval/path-name.ts";
import { HOLE } from "../../eval/value.ts";
import type { Host, Script, Unit } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { isMade, runningUnits } from "./data-paths.ts";
import { scriptCommands } from "./script-commands.ts";
import { scriptWrites } from "./script-writes.ts";

/** A backup, dump or archive that a script of a unit writes to a directory of the host. */
export interface WrittenCopy {
  readonly unit: string;
  /** What writes it: `tar`, `restic`, `rsync`. */
  readonly program: string;
  readonly directory: string;
  readonly place: Place | undefined;
}

/** Programs whose output is a copy of something. */
const DUMPS =
  /^(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mariadb-dump|mongodump|sqlite3|slapcat|redis-cli|valkey-cli|tar|bsdtar)$/;
/** Programs at the end of a pipe whose output is one. */
const PACKERS = /^(gzip|pigz|zstd|xz|bzip2|lz4|age|gpg)$/;
/** Programs that copy whatever there is: the name of the place says what for. */
const COPIERS = /^(cp|mv|rsync)$/;
const BACKUP_FOLDER = /[/_.-](backups?|dumps?)(\/|$)/i;

/** Programs that take a copy elsewhere, or put something where the script writes it. */
const SENDERS =
  /^(restic|rustic|borg|borgmatic|rclone|rsync|kopia|duplicity|scp|sftp|ssh|aws|s3cmd|s5cmd|mc|b2|curl|lftp|cat|cp|mv|age|gpg|split|mount|umount|mountpoint|sshfs|systemd-mount|udisksctl|cryptsetup|zpool|zfs|bcachefs)$/;

/** The copies that units certainly write and that nothing on the host takes further, each directory once for a unit. */
export function writtenCopies(host: Host): readonly WrittenCopy[] {
  const copies = copiesOfUnits(runningUnits(host.units));
  return copies.length === 0 ? [] : copies.filter(({ directory }) => !isSentOn(host, directory));
}

const copiesOfUnits = perItem(({ name, scripts }: Unit): readonly WrittenCopy[] => {
  const found = scripts.flatMap((script) => [...archivesOf(script), ...repositoriesOf(script)]);
  return found
    .filter(({ directory }, index) => found.findIndex((one) => one.directory === directory) === index)
    .filter(({ directory }) => (directory.includes("/", 1) ? !isMade(directory) : BACKUP_FOLDER.test(directory)))
    .map((copy) => ({ unit: name, ...copy }));
});

type Copy = Omit<WrittenCopy, "unit">;

function archivesOf(script: Script): readonly Copy[] {
  return scriptWrites(script).flatMap(({ path, isBelow: isUnderIt, program = "", isOutput, start, end }): Copy[] => {
    const copies = COPIERS.test(program) && BACKUP_FOLDER.test(path);
    if (!copies && !DUMPS.test(program) && !(PACKERS.test(program) && isOutput)) return [];
    // What is copied into a folder may be called like the folder, or like the file in it.
    const directory = copies || isUnderIt || program === "pg_basebackup" ? path : parentPath(path);
    return [{ program, directory, place: script.placeOf(start, end) ?? script.place }];
  });
}

/** Local repositories: `restic -r /srv/restic backup …`, `borg create /srv/borg::{now} …`. */
function repositoriesOf(script: Script): readonly Copy[] {
  return scriptCommands(script).flatMap(({ program, words }) =>
    words.slice(1).flatMap(({ text, start, end }, index): Copy[] => {
      const isRestic = program === "restic" && /^(-r|--repo)$/.test(words[index]?.text ?? "");
      const isBorg = program === "borg" && text.includes("::");
      const path = isRestic ? text : isBorg ? (text.split("::")[0] ?? "") : "";
      if (!path.startsWith("/") || path.includes(HOLE)) return [];
      return [{ program, directory: normalise(path), place: script.placeOf(start, end) ?? script.place }];
    }),
  );
}

/** Whether a script takes what is in a directory elsewhere, puts something there first, or mounts something. */
function isSentOn(host: Host, directory: string): boolean {
  return host.scripts.some(({ text }, index) => {
    if (!text.includes(directory)) return false;
    const script = host.scripts[index] as Script;
    return scriptCommands(script).some(({ program, words }) => {
      if (!SENDERS.test(program)) return false;
      const named = words.slice(1).filter(({ text: word }) => word.startsWith("/"));
      // What a copy is made to comes last, and is the copy itself.
      const sources = /^(rsync|cp|mv)$/.test(program) ? named.slice(0, -1) : named;
      return sources.some(({ text: word }) => {
        const path = normalise(word.split("::")[0] ?? "");
        const isRepository = word.includes("::") || /^(restic|rustic)$/.test(program);
        if (isRepository && path === directory) return false;
        return isAtOrBelow(path, directory) || (isBelow(directory, path) && path !== "/");
      });
    });
  });
}
