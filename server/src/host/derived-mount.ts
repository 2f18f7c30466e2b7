import type { Place } from "../eval/origin.ts";
import type { DiskoSubvolume, Known, MountOption, Verdict } from "./host.ts";

/** One entry that a module makes in `fileSystems` of options of its own. */
export interface DerivedMount {
  readonly by: "disko" | "microvm";
  readonly mountpoint: string;
  readonly place: Place | undefined;
  readonly certain: Verdict;
  readonly device: Known<string>;
  readonly fsType: Known<string>;
  readonly options: readonly MountOption[];
  readonly optionsOpen: string | undefined;
  /** Whether the module sets the flag itself; disko does for bcachefs and for nothing else. */
  readonly neededForBoot: boolean;
  readonly subvolume: DiskoSubvolume | undefined;
}

/** What modules derive, and why there may be more. */
export interface DerivedMounts {
  readonly mounts: readonly DerivedMount[];
  readonly open: string | undefined;
}
