/** What the name of an option, flag or variable says of the path in it: "data" for sure, perhaps, or nothing. */
export type DataName = "sure" | "likely" | undefined;

/** Words for what people keep. */
const KEPT =
  /^(data|state|content|storage|store|repo|repos|repository|repositories|media|music|photos?|pictures?|images?|videos?|movies?|films?|series|shows|tv|books?|ebooks?|audiobooks?|podcasts?|comics?|librar(y|ies)|uploads?|downloads?|consum(e|ption)|imports?|exports?|backups?|dumps?|archives?|database|databases|db|sqlite|sqlite3|mail|mails|mailbox|mailboxes|spool|index|indexes|vaults?|notes?|projects?|saves?|worlds?|games?|snapshots?|recordings?|records|captures?|attachments?|originals?|blobs?|artifacts?|volumes?|documents?|docs?|files?|filesystem|shares?|shared|public|lfs|chunks?|objects?|buckets?|wal|tsdb|history|calendars?|contacts|collections?|persist|persistent|persistence|graph|git|wiki|zones?|journal|maps?|models|certificates|accounts|queue|scans?|roms?|torrents?)$/;
/** Words for a place. `home` and its like stand for data by themselves. */
const PLACE = /^(dir|dirs|directory|directories|folder|folders|path|paths|root|location|dest|destination|prefix)$/;
const HOLDER =
  /^(home|base|work|working|conf|config|configuration|user|web|www|document|server|lib|var|app|instance|main|default)$/;
/** Places that by themselves say that data is there. */
const KEEPER = /^(repository|repo|storage|maildir|workspace|vault)$/;
/** What is made again, part of a package, or no path of the disk at all. */
const NO_DATA =
  /^(cache|caches|cached|temp|tmp|temporary|log|logs|logging|run|runtime|socket|sockets|sock|pid|lock|static|templates?|themes?|plugins?|modules?|extensions?|addons?|scripts?|hooks?|bin|binary|executable|command|fonts?|metrics?|telemetry|certs?|cert|ssl|tls|ca|key|keys|url|uri|api|route|endpoint|webhook|health|incomplete|transcod(e|es|ing)|intermediate|proc|sys|dev|mount|mountpoint|nix|profile|chroot|jail|shell|sendmail|package|assets|icons?|locale|zoneinfo|remote|target|source|include|includes|exclude|pages|error|challenge|acme|textfile|provision|dashboards|replace|http|metrics|prometheus)$/;

/**
 * Reads a name such as `dataDir`, `LFS_CONTENT_PATH` or `--etcd-snapshot-dir`. Where it only says "path", what it stands
 * in decides: `repository.root`, `database.path`.
 */
export function dataName(name: string, around: string | undefined): DataName {
  const own = wordsOf(name);
  if (own.some((word) => NO_DATA.test(word))) return undefined;
  const last = own.at(-1) ?? "";
  const before = own.slice(0, -1);
  if (KEEPER.test(last)) return "sure";
  if (last === "home" || last === "maildir") return "likely";
  if (!PLACE.test(last)) return undefined;
  if (before.some((word) => KEPT.test(word))) return "sure";
  if (before.length > 0) return before.some((word) => HOLDER.test(word)) ? "likely" : undefined;
  // The sources of a backup and lists of what a search or a log covers.
  if (last === "paths" || last === "prefix") return undefined;
  const outer = around === undefined ? [] : wordsOf(around);
  if (outer.some((word) => NO_DATA.test(word))) return undefined;
  return outer.some((word) => KEPT.test(word)) ? "sure" : "likely";
}

/** `dataDir`, `data-dir`, `DATA_DIR` and `datadir` as two words each. */
export function wordsOf(name: string): readonly string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.flatMap((word) => {
    const glued = /^([a-z]{2,})(dir|directory|path|root|folder|location)$/.exec(word);
    return glued && word !== "maildir" ? [glued[1] as string, glued[2] as string] : [word];
  });
}
