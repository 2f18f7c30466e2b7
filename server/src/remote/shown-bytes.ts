/** An amount for people: "1.5 GiB". */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** A size of a file for people: "12 B", "3.4 MiB". */
export function shownSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = bytes < 2 ** 20 ? 1 : bytes < 2 ** 30 ? 2 : 3;
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${["KiB", "MiB", "GiB"][power - 1]}`;
}
