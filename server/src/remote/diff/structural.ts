/** Directories that lead to the data of many programs and belong to none. */
const PLAIN = new Set([
  ...["/", "/etc", "/home", "/root", "/usr", "/usr/local", "/opt", "/srv", "/mnt", "/media", "/nix", "/run", "/boot"],
  ...["/var", "/var/lib", "/var/lib/private", "/var/cache", "/var/spool", "/var/db", "/tmp", "/var/tmp", "/persist"],
]);
const IN_HOMES = /^(?:\/home\/[^/]+|\/root)(?:\/\.config|\/\.local(?:\/share|\/state)?)?$/;

/** Whether nobody would persist or drop a directory as a whole. */
export function isStructural(path: string): boolean {
  return PLAIN.has(path) || IN_HOMES.test(path);
}

/** The highest directory above a path, or the path itself, that belongs to one thing. */
export function unitOf(path: string): string {
  for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
    const at = path.slice(0, end);
    if (!isStructural(at)) return at;
  }
  return path;
}
