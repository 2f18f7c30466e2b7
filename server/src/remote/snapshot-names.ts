export type SnapshotNaming = "timestamp" | "btrbk" | "snapper" | "old-roots";

/** What the path of a snapshot says by itself. */
export interface SnapshotName {
  readonly naming: SnapshotNaming;
  /** The part that snapshots of one subvolume share, with their folder: they are one series. */
  readonly series: string;
  /** Unix seconds that the name says, read as UTC unless it names a zone; undefined when it says no time, or none that exists. */
  readonly taken: number | undefined;
}

/** Reads a path as the tools and the usual scripts name snapshots; undefined for other names. */
export function snapshotName(path: string): SnapshotName | undefined {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash + 1);
  const name = path.slice(slash + 1);
  const snapper = name === "snapshot" ? /^(.*?)(\d+)\/$/s.exec(folder) : null;
  if (snapper) return { naming: "snapper", series: `${snapper[1]}N/snapshot`, taken: undefined };
  const dashed = /^(.+)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/s.exec(name);
  const archived = /(?:^|\/)old_roots\/$/.test(folder);
  if (archived) {
    // The script of impermanence's README pads neither months nor, in older versions, days.
    const readme = /^(\d{4})-(\d\d?)-(\d\d?)_(\d\d):(\d\d):(\d\d)$/.exec(name);
    const taken = readme ? timeOf(readme.slice(1)) : dashed ? timeOf(dashed.slice(2)) : undefined;
    return { naming: "old-roots", series: folder, taken };
  }
  if (dashed) return { naming: "timestamp", series: `${folder}${dashed[1]}`, taken: timeOf(dashed.slice(2)) };
  const btrbk = /^(.+)\.(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?([+-]\d{4})?)?(?:_\d+)?$/s.exec(name);
  if (!btrbk) return undefined;
  const taken = timeOf(btrbk.slice(2, 8).map((field) => field ?? "00"));
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(btrbk[8] ?? "") ?? [];
  const zone = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 * (sign === "-" ? -1 : 1);
  return { naming: "btrbk", series: `${folder}${btrbk[1]}`, taken: taken === undefined ? undefined : taken - zone };
}

/** Year, month, day, hour, minute and second in UTC; undefined when there is no such time. */
function timeOf(fields: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exact = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exact && hour < 24 && minute < 60 && second < 60 ? date.getTime() / 1000 : undefined;
}
