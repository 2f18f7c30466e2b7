/** How an option says that the service is on. */
export type Trigger =
  /** A boolean option. */
  | "flag"
  /** Each attribute of the set at `enable` (which ends in `*`) is a service of its own. */
  | "instance"
  /** As "instance", and each has an `enable` of its own that must be true. */
  | "instance-enable"
  /** Any value other than the empty one. */
  | "non-empty";

/**
 * How well an entry is known, best first: "read" in the module's source of the revision; "evaluated" with an older
 * nixpkgs; "static" mined from source text; "crowd-confirmed" by what real hosts persist; "curated" from experience.
 */
export type Confidence = "read" | "evaluated" | "static" | "crowd-confirmed" | "curated";

/** When a path is in use. All that are given must hold. */
export interface StateCondition {
  /** `system.stateVersion` is older than this release, e.g. "24.11". */
  readonly stateVersionBefore?: string;
  /** `system.stateVersion` is this release or newer. */
  readonly stateVersionFrom?: string;
  /** The release of NixOS that the host is built with is older than this one. */
  readonly releaseBefore?: string;
  /** It is this one or newer; a host whose release is not known counts as new. */
  readonly releaseFrom?: string;
  /** The service's own option for the release, in place of `system.stateVersion`. */
  readonly versionOption?: string;
  /** An option that must equal `equals` (true when not given); `*` stands for the instance's name. */
  readonly option?: string;
  readonly equals?: string | boolean;
  /** Instead of `equals`: whether nobody sets the option, where a `*` may stand for any name. */
  readonly isUnset?: boolean;
  /** Instead of `equals`: whether it is an empty list, text or set; one that nobody sets is not. */
  readonly isEmpty?: boolean;
  /** Instead of `equals`: a regular expression that its text does not match; one that nobody sets has no text. */
  readonly lacks?: string;
  /** The instance's name is another one than this. */
  readonly unlessInstance?: string;
  /** Must hold as well. */
  readonly also?: StateCondition;
  /** Instead of all the others: holds where they do not. */
  readonly or?: StateCondition;
}

/**
 * A path that a service keeps data at.
 *
 * A `*` in `path`, `link`, `user` or `group` stands for the instance's name.
 */
export interface StatePath {
  /** The real place, absolute and normalised: for DynamicUser below /var/lib/private, /var/cache/private, … */
  readonly path: string;
  /** DynamicUser only: the symbolic link systemd puts at the place the service itself sees, e.g. /var/lib/ntfy-sh. */
  readonly link?: string;
  readonly kind: "state" | "log" | "cache";
  /** "directory" when not given. */
  readonly type?: "file";
  readonly user?: string;
  readonly group?: string;
  /** Octal, as `mode` of a persistence entry takes it. */
  readonly mode?: string;
  readonly dynamicUser?: boolean;
  /**
   * A database: "rewrite-in-place" ones fragment under copy-on-write and are worth `chattr +C`; for "mostly-append"
   * ones losing checksums costs more than it brings.
   */
  readonly database?: "rewrite-in-place" | "mostly-append";
  /** Holds disk images, which are rewritten in place too. */
  readonly image?: boolean;
  /** Storage of a container engine: images that can be pulled again, and volumes that cannot. */
  readonly containers?: boolean;
  /**
   * The option that moves it: once set, its value is the place instead of `path` (a list names several places).
   * A path below another one of the entry is there for this option; while nobody sets it, it moves with the other one.
   */
  readonly fromOption?: string;
  /** The option holds a name below this directory, not a path. */
  readonly optionBase?: string;
  readonly condition?: StateCondition;
  /** A cache, a queue or data, as the applications use it: nothing tells which. */
  readonly perhapsCache?: true;
  /**
   * What nobody can make again: "data" that people put there, or a "key" that others know (paired devices, DNS records,
   * peers) or that is enrolled, so that a new one does not take its place. Not: what somebody only has to set up anew. `false` for what fills again by itself.
   */
  readonly irreplaceable?: "data" | "key" | false;
  /** It is made again, or hardly missed: no reason to warn. */
  readonly little?: true;
  /** When it is little, and what it is then: the settings that matter are declared, say. */
  readonly littleWhen?: { readonly condition: StateCondition; readonly note: string };
  readonly note?: string;
  /** How many of 34 public impermanence configurations persist it. */
  readonly realConfigs?: number;
}

/** A service that another one switches on. */
export interface Implied {
  /** The enable option of its entry; for entries of instances it ends in `*`. */
  readonly enable: string;
  /** The name in the place of `*`, e.g. "paperless" for `services.redis.servers.paperless`. */
  readonly instance?: string;
  /** Who owns its state, where the first service runs it as its own user. */
  readonly user?: string;
  /**
   * The boolean option that asks for it, where `*` stands for any name: each name at which it is true is an instance of
   * its own, e.g. one certificate for each `services.nginx.virtualHosts.*.enableACME`.
   */
  readonly each?: string;
  /** When it comes along; always when not given, unless the configuration chooses another backend. */
  readonly condition?: StateCondition;
}

/** A service of NixOS with what it keeps on disk. */
export interface ServiceEntry {
  /** The option path without `.enable`; unique. */
  readonly id: string;
  /** The option that switches it on; `*` stands for the names of an attribute set. */
  readonly enable: string;
  /** "flag" when not given. */
  readonly trigger?: Trigger;
  /** 1 for the most used on servers, up to 80; not given for the others. */
  readonly rank?: number;
  /** Empty when it is known to keep nothing itself. */
  readonly states: readonly StatePath[];
  /** Services it switches on. */
  readonly implies: readonly Implied[];
  readonly confidence: Confidence;
  /** The module's file in the repository of the source: mostly nixpkgs, for some services a flake of their own. */
  readonly evidence?: string;
  /** A key of `catalogueSources`. */
  readonly revision?: string;
  readonly note?: string;
  /** The enable option that took its place. */
  readonly renamedTo?: string;
  /** The module is gone from today's nixpkgs and nothing took its place. */
  readonly dropped?: boolean;
}

/** When a path of the base system is in use. */
export type BaseCondition =
  | { readonly always: true }
  /** An option equals `equals` (true when not given); `default` is its value when nobody sets it (false if not given). */
  | { readonly option: string; readonly equals?: boolean; readonly default?: boolean }
  /** The host has at least one of these. */
  | { readonly any: "persistent-timer" | "dynamic-user-state" | "normal-user" | "acme-certificate" }
  /** The configuration alone cannot tell. */
  | { readonly undecidable: string };

/** A path that NixOS itself, not one service, keeps data at. */
export interface BaseState {
  readonly path: string;
  readonly type: "directory" | "file";
  readonly kind: "state" | "log" | "cache" | "runtime";
  /** How bad it is to lose it. */
  readonly severity: "error" | "warning" | "information" | "none";
  readonly condition: BaseCondition;
  /** `condition` in words. */
  readonly when: string;
  /** What is gone after a reboot. */
  readonly lost: string;
  /** How to declare it instead of persisting it. */
  readonly instead?: string;
  readonly mode?: string;
  readonly realConfigs?: number;
}

/**
 * The default of an option: a plain value, a place below what another option holds, one value for each range of state
 * versions, or the reason why it is none.
 */
export type OptionDefault = {
  /** `*` stands for the names of an attribute set, and is filled into `value`. */
  readonly option: string;
  readonly confidence: Confidence;
} & (
  | { readonly value: DefaultValue }
  | { readonly below: string; readonly place: string }
  | { readonly versions: readonly VersionedDefault[] }
  | { readonly computed: string }
);

/** A default of hosts whose `system.stateVersion` is `from` or newer; the newest that fits counts. */
export interface VersionedDefault {
  /** A release such as "24.11"; not given for the oldest hosts. */
  readonly from?: string;
  readonly value: DefaultValue;
}

export type DefaultValue =
  | string
  | number
  | boolean
  | null
  | readonly DefaultValue[]
  | { readonly [name: string]: DefaultValue };

/** Where the facts come from. */
export interface CatalogueSource {
  readonly repository: string;
  readonly revision: string;
  readonly date: string;
  readonly use: string;
}
