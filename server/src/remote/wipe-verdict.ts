import * as z from "zod";
import { CLOCK_SLACK, clockWords } from "./clock-words.ts";
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
  /** The host's clock, in Unix seconds, and by how much it is ahead of this computer's. */
  readonly clock: number;
  readonly clockAhead: number;
  readonly parentUuid: string | undefined;
  readonly subvolumes: readonly Subvolume[] | undefined;
}

/** Before this a clock was never set: 2001. */
const NEVER_SET = 1_000_000_000;
const BLANK = /(?:^|\/)[^/]*(?:blank|empty|pristine)[^/]*$/i;

/** Whether the wipe of the root happened at this boot, as far as the running host shows it. */
export function wipeVerdict(facts: RootFacts): Wipe {
  const { mount, booted, created, clock, clockAhead, parentUuid, subvolumes } = facts;
  const unknown = (reason: string): Wipe => ({ atThisBoot: "unknown", reason });
  if (!mount) return unknown("the host does not show what is mounted at /");
  if (mount.type === "tmpfs" || mount.type === "ramfs")
    return { atThisBoot: "yes", reason: `/ is a ${mount.type}, which begins empty` };
  if (mount.type !== "btrfs") return unknown(`/ is ${mount.type}; this can be told of btrfs and tmpfs only`);
  if (/(^|\/)old_roots\//.test(mount.root))
    return { atThisBoot: "no", reason: `the system runs on ${mount.root}, an archived root` };
  const blank = subvolumes?.find(({ path }) => BLANK.test(path) || /(^|\/)old_roots(\/|$)/.test(path));
  if (mount.options.includes("subvolid=5"))
    // What a boot deletes file by file, nobody can see here.
    return blank
      ? {
          atThisBoot: "no",
          reason: `/ is the toplevel of its filesystem, which nothing can take the place of: ${blank.path} is there for another root. Is subvol= missing where / is mounted?`,
        }
      : unknown("/ is the toplevel of its filesystem, which is as old as that, whatever a boot deletes in it");
  if (created === undefined) return unknown("when the root subvolume was made, only root can see, with btrfs-progs");
  if (booted === undefined) return unknown("the host does not show when it was started");
  // Both times are the host's, of different moments: when its clock was set between them, they prove nothing.
  if (Math.abs(clockAhead) > CLOCK_SLACK)
    return unknown(`the clock of the host is ${clockWords(clockAhead)} the one here, so its dates prove nothing`);
  if (created > clock + 2) return unknown("the root subvolume is dated in the future: the clock was set back since");
  if (created < NEVER_SET && booted >= NEVER_SET)
    return unknown("the root subvolume was made while the clock of the host was not set");
  const source = subvolumes?.find(({ uuid }) => uuid !== undefined && uuid === parentUuid);
  const meant = (source && BLANK.test(source.path)) || blank !== undefined;
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
