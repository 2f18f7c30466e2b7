import * as z from "zod";
import type { Mount } from "./mounts.ts";
import type { Subvolume } from "./subvolumes.ts";

export const wipeSchema = z.object({
  /** Whether the root of this boot began empty. */
  atThisBoot: z.enum(["yes", "no", "unknown"]),
  reason: z.string(),
});
export type Wipe = z.infer<typeof wipeSchema>;

/** What the verdict rests on. Times in Unix seconds by the host's clock. */
export interface RootFacts {
  readonly mount: Mount | undefined;
  readonly booted: number | undefined;
  readonly created: number | undefined;
  readonly parentUuid: string | undefined;
  readonly subvolumes: readonly Subvolume[] | undefined;
}

/** Seconds that the clock may be set back between the initrd and now. */
const CLOCK_SLACK = 300;
const BLANK = /(?:^|\/)[^/]*(?:blank|empty|pristine)[^/]*$/i;

/** Whether the wipe of the root happened at this boot, as far as the running host shows it. */
export function wipeVerdict({ mount, booted, created, parentUuid, subvolumes }: RootFacts): Wipe {
  const unknown = (reason: string): Wipe => ({ atThisBoot: "unknown", reason });
  if (!mount) return unknown("the host does not show what is mounted at /");
  if (mount.type === "tmpfs" || mount.type === "ramfs")
    return { atThisBoot: "yes", reason: `/ is a ${mount.type}, which begins empty` };
  if (mount.type !== "btrfs") return unknown(`/ is ${mount.type}; this can be told of btrfs and tmpfs only`);
  if (/(^|\/)old_roots\//.test(mount.root))
    return { atThisBoot: "no", reason: `the system runs on ${mount.root}, an archived root` };
  if (created === undefined) return unknown("only root can see when the root subvolume was made");
  if (booted === undefined) return unknown("the host does not show when it was started");
  const source = subvolumes?.find(({ uuid }) => uuid !== undefined && uuid === parentUuid);
  const meant =
    (source && BLANK.test(source.path)) ||
    subvolumes?.some(({ path }) => BLANK.test(path) || /(^|\/)old_roots(\/|$)/.test(path));
  if (created < booted - CLOCK_SLACK)
    return meant
      ? { atThisBoot: "no", reason: "the root subvolume is older than this boot: the wipe did not run, or it failed" }
      : unknown("the root subvolume is older than this boot, and nothing here shows that it is meant to be wiped");
  // It may as well be the root of a boot a few minutes earlier.
  if (created < booted - 2)
    return unknown(
      "the root subvolume was made minutes before this boot: by the wipe and a wrong clock, or at an earlier boot",
    );
  if (parentUuid === undefined) return { atThisBoot: "yes", reason: "the root subvolume was made new at this boot" };
  if (!source) return unknown("the root was made at this boot from a snapshot that is not there any more");
  if (!source.readOnly) return unknown(`the root was made at this boot from ${source.path}, which is writable`);
  if (!BLANK.test(source.path))
    return unknown(`the root was made at this boot from ${source.path}; whether that is empty was not looked at`);
  return { atThisBoot: "yes", reason: `the root was made at this boot from ${source.path}` };
}
