import type { Place } from "../eval/origin.ts";
import type { FileBeside } from "../modules/configuration.ts";
import type { ModuleProblem, OptionNode } from "../modules/option-node.ts";
import type { RetentionPolicy } from "../shell/retention.ts";
import type { RollbackTechnique } from "../shell/rollback-reader.ts";

/** Yes, no, or unknown with the reason. "No" is said only when it is proven. */
export type Verdict =
  | { readonly answer: "yes" }
  | { readonly answer: "no" }
  | { readonly answer: "unknown"; readonly why: string; readonly place?: Place };

/** A value with where it is written, or the reason it is not known. */
export type Known<T> =
  | { readonly known: true; readonly value: T; readonly place: Place | undefined }
  | { readonly known: false; readonly why: string; readonly place: Place | undefined };

/** One mount option string with the place it is written at (undefined for those a module adds itself). */
export interface MountOption {
  readonly text: string;
  readonly place: Place | undefined;
  readonly certain: boolean;
  /** Who wrote it: `fileSystems.*.options`, disko's `mountOptions`, or the module system itself. */
  readonly from: "fileSystems" | "disko" | "derived";
}

/** A mounted filesystem, from `fileSystems.<mountpoint>` and everything disko derives. One per mountpoint. */
export interface FileSystem {
  /** Absolute, normalised. */
  readonly mountpoint: string;
  /** Where it is declared first (attribute name or disko's `mountpoint`). */
  readonly place: Place | undefined;
  readonly declaredBy: "fileSystems" | "disko" | "both" | "microvm";
  readonly certain: Verdict;
  readonly device: Known<string>;
  readonly fsType: Known<string>;
  /** In merge order, with duplicates; the last of two contradicting ones is in effect. */
  readonly options: readonly MountOption[];
  /** Why more options than listed may exist. */
  readonly optionsOpen: string | undefined;
  /** The explicit flag (false when nobody sets it). disko sets it for bcachefs. */
  readonly neededForBoot: Known<boolean>;
  /** True when the initrd mounts it: the flag, or a mountpoint NixOS always needs (/, /nix, /var, /var/log, /etc, /usr, /var/lib …). */
  readonly mountedInInitrd: Verdict;
  /** The last `subvol=` / X-mount.subdir= (without leading `/`), or the btrfs top level as "". Undefined when not applicable. */
  readonly subvolume: Known<string> | undefined;
  /** All `subvol=`/`subvolid=` options, for conflicts. */
  readonly subvolumeOptions: readonly MountOption[];
  /** The disko subvolume it comes from. */
  readonly disko: DiskoSubvolume | undefined;
}

/** A btrfs or bcachefs subvolume declared to disko. */
export interface DiskoSubvolume {
  /** Name with leading `/` removed. */
  readonly name: string;
  /** The attribute name (or the `name = …` binding of a list element). */
  readonly place: Place | undefined;
  /** The whole attribute set of the subvolume. */
  readonly body: Place | undefined;
  readonly mountpoint: Known<string | null>;
  readonly mountOptions: readonly MountOption[];
  /** Why more mount options than listed may exist. */
  readonly mountOptionsOpen: string | undefined;
  /** Whether the subvolume is declared at all. */
  readonly certain: Verdict;
  /** Keys disko does not have, e.g. `compress`, `neededForBoot`. */
  readonly unknownKeys: readonly {
    readonly key: string;
    readonly place: Place | undefined;
    readonly value: Known<string | boolean | null>;
    readonly binding: Place | undefined;
  }[];
  readonly layout: DiskoLayout;
}

/** One btrfs/bcachefs/zfs container of subvolumes in `disko.devices`. */
export interface DiskoLayout {
  readonly fsType: "btrfs" | "bcachefs" | "zfs";
  /** Device path disko gives it, e.g. /dev/disk/by-partlabel/disk-main-root. */
  readonly device: Known<string>;
  /** The label that it gives the filesystem (`mkfs.btrfs -L` in `extraArgs`), as it is below /dev/disk/by-label. */
  readonly label?: string | undefined;
  /** Whether it may consist of more devices than this one, which `extraArgs` name. */
  readonly isSpread?: boolean | undefined;
  /** The `subvolumes`/`datasets` binding. */
  readonly place: Place | undefined;
  /** The list or set literal that holds the subvolumes. */
  readonly container: Place | undefined;
  /** True when it was written as a list and is read as the set it meant. */
  readonly writtenAsList: boolean;
  readonly subvolumes: readonly DiskoSubvolume[];
  /** Why more subvolumes than listed may exist. */
  readonly open: string | undefined;
  /** Option path of the container, e.g. ["disko","devices","disk","main","content",…,"subvolumes"]. */
  readonly path: readonly string[];
}

/** A persisted directory or file. */
export interface PersistedPath {
  /** Absolute path on the running system (home joined for `users.<name>`), normalised. */
  readonly path: string;
  /** As written. */
  readonly written: string;
  readonly kind: "directory" | "file";
  readonly store: Store;
  readonly certain: Verdict;
  /** The list element. */
  readonly place: Place | undefined;
  /** True when the element is a literal of a list literal, so that an edit may change or delete it. */
  readonly editable: boolean;
  /** `users.<name>`, else undefined. */
  readonly userName: string | undefined;
  readonly user: Known<string> | undefined;
  readonly group: Known<string> | undefined;
  readonly mode: Known<string> | undefined;
  /** impermanence's `defaultPerms.mode`: the mode of parents that the module creates. */
  readonly parentMode: Known<string> | undefined;
  /** Put in place by the initrd; also when that is not known. */
  readonly inInitrd: boolean;
  /** A symbolic link into the store instead of a bind mount: preservation's `how`, impermanence's `method`. */
  readonly linked: boolean;
  /** For links of preservation: whether it makes what they lead to in the store (`createLinkTarget`); undefined where it is not known. */
  readonly makesTarget?: boolean | undefined;
}

/** A place where persisted data lives: `environment.persistence.<x>` or `preservation.preserveAt.<x>`. */
export interface Store {
  readonly module: "impermanence" | "preservation";
  /** The attribute name. */
  readonly name: string;
  /** persistentStoragePath. */
  readonly path: Known<string>;
  readonly place: Place | undefined;
  readonly enabled: Verdict;
  readonly directories: readonly PersistedPath[];
  readonly files: readonly PersistedPath[];
  /**
   * Reasons why more entries than listed may exist; with `below`, only for paths at or below that directory, and with
   * `ofService` only for what this service keeps: an option of the service names the entry.
   */
  readonly open: readonly {
    readonly why: string;
    readonly place: Place | undefined;
    readonly below?: string;
    readonly ofService?: string;
  }[];
  /** The option path, for edits: ["environment","persistence","/persist"]. */
  readonly option: readonly string[];
}

/** How the root is emptied. */
export type EphemeralRoot =
  | { readonly kind: "tmpfs"; readonly place: Place | undefined }
  | { readonly kind: "rollback"; readonly rollback: Rollback }
  /** Something that the configuration does not show wipes it: `impermanence.json` says so. */
  | { readonly kind: "declared"; readonly place: Place | undefined }
  /** Nothing wipes `/` as far as the configuration shows. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string; readonly place: Place | undefined };

/** A script of the initrd that is obviously meant to empty the root, where it cannot be told whether it does. */
export interface UnclearWipe {
  /** Undefined when no rollback is seen in the script. */
  readonly rollback: Rollback | undefined;
  readonly script: Script;
  /** What is not known. */
  readonly why: string;
  readonly place: Place | undefined;
  /** It waits for a switch: on the kernel's command line, in a file, or by a condition of its unit. */
  readonly isSwitched: boolean;
}

/** A script that empties subvolumes at boot. */
export interface Rollback {
  readonly technique: "btrfs" | "bcachefs" | "zfs";
  /** How the subvolume is reset; undefined for an attempt that cannot work as written. */
  readonly method: RollbackTechnique | undefined;
  /** The blank subvolume (for zfs the snapshot) that takes the root's place. */
  readonly blank: string | undefined;
  /** The directory that keeps old roots, from the top level. */
  readonly archive: string | undefined;
  readonly script: Script;
  /** Why it may empty more than it names. */
  readonly open: string | undefined;
  /** Option path that holds the script, e.g. ["boot","initrd","systemd","services","rollback","script"]. */
  readonly option: readonly string[];
  readonly stage: "initrd-systemd" | "initrd-scripted" | "stage-2";
  /** Whether it really runs before `/` is mounted; "no" for a stage-2 unit wanted by initrd.target. */
  readonly runs: Verdict;
  /** "no" where it is proven to fail before it empties anything: on a disk that nothing opens, or before its pool is there. */
  readonly works: Verdict;
  readonly place: Place | undefined;
  /** Names of the subvolumes or datasets it empties. */
  readonly wipes: readonly string[];
  readonly device: Known<string> | undefined;
  /** Whether what it empties is what is mounted at `/`. */
  readonly wipesRoot: Verdict;
}

/** A script in a unit or hook, as text with the way back to the source. */
export interface Script {
  readonly option: readonly string[];
  readonly text: string;
  /** Ranges of `text` that stand for unknown interpolations. */
  readonly holes: readonly { readonly start: number; readonly end: number; readonly why: string }[];
  /** Store paths in the text of files that the configuration writes; they are scripts of their own beside this one. */
  readonly runs: readonly string[];
  /** The packages that `writeShellApplication` puts on its PATH, as far as they are known. */
  readonly ownPath?: { readonly packages: readonly string[]; readonly isOpen: boolean } | undefined;
  /** Variables that its unit sets for it, as far as they are known. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** The source place of a range of `text`; undefined when it is computed. */
  placeOf(start: number, end: number): Place | undefined;
  readonly place: Place | undefined;
}

/** A systemd service of the host or of its initrd. */
export interface Unit {
  readonly name: string;
  readonly stage: "initrd" | "system";
  /** The attribute name that declares it. */
  readonly place: Place | undefined;
  /** Whether the unit exists; those with `enable = false` are not listed. */
  readonly certain: Verdict;
  readonly node: OptionNode;
  readonly scripts: readonly Script[];
  readonly wantedBy: readonly { readonly text: string; readonly place: Place | undefined }[];
  readonly requiredBy: readonly { readonly text: string; readonly place: Place | undefined }[];
  readonly before: readonly { readonly text: string; readonly place: Place | undefined }[];
  readonly after: readonly { readonly text: string; readonly place: Place | undefined }[];
  /** `Condition…=` and `Assert…=` of the unit; the text is undefined when it is not known. */
  readonly conditions: readonly {
    readonly name: string;
    readonly text: string | undefined;
    readonly place: Place | undefined;
  }[];
}

/** Any option that holds a calendar expression. */
export interface CalendarUse {
  readonly option: readonly string[];
  readonly expression: Known<string>;
  /** Where the option is set (differs from expression.place when the text comes from elsewhere). */
  readonly place: Place | undefined;
  /** systemd.timers.<name>: the unit it triggers. */
  readonly timer: string | undefined;
  readonly persistent: Known<boolean> | undefined;
}

/** A policy or job that takes or expires snapshots. */
export interface SnapshotJob {
  readonly tool: "btrbk" | "snapper" | "sanoid" | "policy" | "script";
  readonly name: string;
  readonly place: Place | undefined;
  /** Absolute mount paths that are snapshotted, with where that is said. */
  readonly sources: readonly Known<string>[];
  /** Directory that receives the snapshots (absolute). */
  readonly directory: Known<string> | undefined;
  /** Seconds between two snapshots. */
  readonly period: Known<number> | undefined;
  /** How long its snapshots stay; undefined when it makes none, or another program deletes them. */
  readonly keeps: Keeping | undefined;
  readonly node: OptionNode;
}

/** How long the snapshots of a job stay. */
export interface Keeping {
  /** The settings that say it. */
  readonly settings: readonly Place[];
  /** One for each series of snapshots; `every` (seconds) where the series has a rhythm of its own, else it is the job's. */
  readonly policies: Known<readonly { readonly policy: RetentionPolicy; readonly every: number | undefined }[]>;
  /** Why nothing is ever deleted, where no number says so. */
  readonly endless: string | undefined;
}

/** A state path of an enabled service with its fate. */
export interface ServiceState {
  readonly path: string;
  readonly type: "directory" | "file";
  readonly kind: "state" | "log" | "cache";
  /** DynamicUser: the real directory is below /var/lib/private. */
  readonly dynamicUser: boolean;
  /** DynamicUser: the symbolic link systemd puts where the service looks, e.g. /var/lib/ntfy-sh. */
  readonly link: string | undefined;
  /** A database or disk image that is rewritten in place or mostly appended to. */
  readonly database: boolean;
  /** How it is written: "rewrite-in-place" fragments under copy-on-write, "mostly-append" hardly does. */
  readonly writes: "rewrite-in-place" | "mostly-append" | undefined;
  /** Storage of a container engine: images that can be pulled again and volumes that cannot. */
  readonly containers: boolean;
  /** It is made again, or hardly missed. */
  readonly little: boolean;
  /** People's data, or a key that others know: a new one does not take its place. `false`: it fills again by itself. */
  readonly irreplaceable?: "data" | "key" | false | undefined;
  /** Applications may use it as a cache, a queue or for data: nothing tells which. */
  readonly perhapsCache: boolean;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly mode: string | undefined;
  readonly fate: Fate;
  /** True when the path is only a default nobody could confirm. */
  readonly assumed: boolean;
  /** Where an option is set that has it here instead of at its usual place. */
  readonly movedAt?: Place | undefined;
  readonly note: string | undefined;
}

export interface Service {
  /** Option path of the enable flag, e.g. "services.postgresql.enable". */
  readonly enable: string;
  readonly enabled: Verdict;
  /** Where it is switched on. */
  readonly place: Place | undefined;
  /** The enabled service that brings it along, when it is not switched on by name. */
  readonly impliedBy: string | undefined;
  readonly confidence: "read" | "evaluated" | "static" | "crowd-confirmed" | "curated" | "configuration";
  readonly evidence: string | undefined;
  readonly state: readonly ServiceState[];
}

/** What happens to a path at the next boot. */
export interface Fate {
  /** yes: survives; no: is lost; unknown: cannot tell. */
  readonly survives: Verdict;
  /** In words: "persisted in /persist", "on its own filesystem /var/lib/postgresql (subvolume postgres)", "on the root, which is wiped". */
  readonly by: string;
  /** The declaration that decides (persistence entry, filesystem, rollback). */
  readonly place: Place | undefined;
  readonly persisted: PersistedPath | undefined;
  readonly fileSystem: FileSystem | undefined;
}

export interface Release {
  /** E.g. "26.05", from the nixpkgs input's branch in flake.lock/flake.nix; undefined when not known. */
  readonly nixos: string | undefined;
  /**
   * The last release of which nixpkgs certainly has every change, "newest" for all: a rolling branch is on the way to
   * `nixos`. By system.stateVersion, which is never newer than the release, where nothing else tells it.
   */
  readonly settled: string | undefined;
  readonly source: string;
  readonly stateVersion: Known<string>;
  /** When the revision of impermanence in flake.lock was made, in seconds since 1970; undefined when nothing says it. */
  readonly impermanenceAt: number | undefined;
  /** The same of microvm.nix. */
  readonly microvmAt: number | undefined;
}

/** An address that a deployment tool is given for the host. */
export interface Target {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** Option or output that says so, e.g. "deployment.targetHost". */
  readonly from: string;
  readonly place: Place | undefined;
  /** Another host of the flake, whose name the node has, and where this one is given to it instead. */
  readonly insteadOf?: { readonly name: string; readonly place: Place | undefined };
}

/** Everything the rules may know of one host. */
export interface Host {
  readonly name: string;
  /** The file that declares the host (flake.nix or an entry module). */
  readonly entry: string;
  /** Files of the workspace that make up the host. */
  readonly files: readonly string[];
  readonly config: OptionNode;
  /** The platform, e.g. "x86_64-linux". */
  readonly system: Known<string>;
  /** `networking.hostName`. */
  readonly hostName: Known<string>;
  /** Where the configuration says it is deployed to; empty when nothing does. */
  readonly targets: readonly Target[];
  readonly release: Release;
  /** Whether the configuration uses impermanence, preservation, a rollback or a tmpfs root at all. */
  readonly isImpermanent: boolean;
  readonly fileSystems: readonly FileSystem[];
  /** Why more filesystems than listed may exist. */
  readonly fileSystemsOpen: string | undefined;
  readonly layouts: readonly DiskoLayout[];
  readonly stores: readonly Store[];
  /** Why more stores or entries than listed may exist. */
  readonly storesOpen: string | undefined;
  readonly ephemeralRoot: EphemeralRoot;
  readonly rollbacks: readonly Rollback[];
  /** What is meant to empty the root, when its fate is not known and something is to be kept. */
  readonly unclearWipe: UnclearWipe | undefined;
  readonly units: readonly Unit[];
  /** All scripts: units, hooks, activation. */
  readonly scripts: readonly Script[];
  readonly calendars: readonly CalendarUse[];
  readonly snapshotJobs: readonly SnapshotJob[];
  readonly services: readonly Service[];
  readonly problems: readonly ModuleProblem[];
  /** Modules that could not be read: what they could change is unknown. */
  readonly opaque: readonly {
    readonly name: string;
    readonly why: string;
    readonly place: Place | undefined;
    readonly known: boolean;
    /** The option whose value is a set of modules that imports it; undefined for modules of the host itself. */
    readonly inside?: readonly string[];
    /** It is a file of NixOS with filesystems: of a `disk`, whose `/` the workspace may replace, or `live`. */
    readonly mounts?: "live" | "disk";
  }[];
  /** Reasons why the host is not completely known. */
  readonly incomplete: readonly { readonly why: string; readonly place: Place | undefined }[];

  /** A file of the workspace that is no module, such as one with encrypted secrets. */
  beside(path: string): FileBeside;
  /** The filesystem that holds a path: the longest mountpoint that is a prefix. */
  fileSystemAt(path: string): FileSystem | undefined;
  /** What the next boot does to a path. */
  fateOf(path: string): Fate;
  /** Whether somebody says that the path shall not survive a reboot. */
  isUnwanted(path: string): boolean;
  /**
   * What the next boot would do if the rollbacks that are written ran as they were meant to. Differs from
   * `fateOf` only when one of them would empty the root but never runs, or when it is not clear whether it does; then a
   * mistake in the rollback does not hide what the first boot after its repair will lose.
   */
  fateAsMeant(path: string): Fate;
  /** The host as if what a place holds were not listed in its stores: what it would lose then. */
  withoutEntryAt(place: Place): Host;
}
