import { NixAttrs, NixFunction, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";

/** What NixOS takes as the value of one of its own options. */
export interface NixosOptionType {
  /** In plain words, after "takes". */
  readonly wanted: string;
  isMisfit(value: Value): boolean;
  /** For lists: whether an element is none of those that the list takes. */
  isMisfitElement?(value: Value): boolean;
  /** Whether several definitions of the same priority must be equal. */
  readonly isSingle: boolean;
  /** Packages are made of much that is not seen here: one that is missing here may be there. */
  readonly isOfPackages?: boolean;
}

/** The options of NixOS below a name, as far as their types are of interest. */
export interface NixosOptions {
  readonly here: NixosOptionType | undefined;
  /** What is at one more name. */
  below(name: string): NixosOptions | undefined;
  /** The names there may be below; undefined when that is any. */
  readonly names: Iterable<string> | undefined;
}

type Check = (value: Value) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" || typeof value === "bigint";
const isSet: Check = (value) => value instanceof NixAttrs;
const isPath: Check = (value) => value instanceof NixPath || isSet(value) || (isText(value) && `${value}`[0] === "/");
const isEntry: Check = (value) => isText(value) || isSet(value);
const isModule: Check = (value) => isSet(value) || value instanceof NixFunction || value instanceof NixPath;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

/** Certainly not of a type. What stands for a package that nobody sees may be anything. */
function unless(check: Check): Check {
  return (value) => {
    if (value instanceof Unknown) return false;
    if (value instanceof NixAttrs && (value.answersAnyName || value.open !== undefined)) return false;
    return !check(value);
  };
}

const single = (wanted: string, check: Check): NixosOptionType => ({ wanted, isMisfit: unless(check), isSingle: true });

const joined = (wanted: string, check: Check): NixosOptionType => ({
  wanted,
  isMisfit: unless(check),
  isSingle: false,
});

const list = (wanted: string, element: Check): NixosOptionType => ({
  ...joined(`a list of ${wanted}`, (value) => value instanceof NixList),
  isMisfitElement: unless(element),
});

const packages = (element: Check): NixosOptionType => ({ ...list("packages", element), isOfPackages: true });

const UNIT_LISTS = "after before bindsTo conflicts partOf requiredBy requires upheldBy wantedBy wants".split(" ");
const UNITS = ["systemd.services.*", "boot.initrd.systemd.services.*", "systemd.user.services.*"];
const OTHER_UNITS = [
  "systemd.timers.*",
  "systemd.targets.*",
  "systemd.sockets.*",
  "systemd.paths.*",
  "systemd.slices.*",
];
const units = (names: readonly string[], of: readonly string[]) =>
  of.flatMap((unit) => names.map((name) => `${unit}.${name}`));

/** By type; `*` stands for any name. Source: the `mkOption`s of nixpkgs, impermanence and preservation. */
const TYPES: readonly (readonly [type: NixosOptionType, options: readonly string[]])[] = [
  [
    single("`true` or `false`", (value) => typeof value === "boolean"),
    [
      ...["services.*.enable", "programs.*.enable", "virtualisation.*.enable", "hardware.*.enable"],
      ...["zramSwap.enable", "users.mutableUsers", "nix.gc.automatic", "nix.optimise.automatic"],
      ...["system.autoUpgrade.enable", "networking.firewall.enable", "networking.networkmanager.enable"],
      ...["boot.initrd.systemd.enable", "boot.initrd.network.enable", "boot.initrd.network.ssh.enable"],
      ...["boot.loader.grub.enable", "boot.loader.systemd-boot.enable", "boot.loader.efi.canTouchEfiVariables"],
      ...["boot.tmp.useTmpfs", "boot.tmp.cleanOnBoot", "boot.zfs.forceImportRoot", "boot.zfs.forceImportAll"],
      ...["boot.lanzaboote.enable", "boot.plymouth.enable", "boot.isContainer"],
      ...["fileSystems.*.neededForBoot", "fileSystems.*.autoResize", "fileSystems.*.noCheck"],
      ...["environment.persistence.*.enable", "environment.persistence.*.hideMounts", "preservation.enable"],
      ...["services.btrfs.autoScrub.enable", "services.zfs.autoScrub.enable", "services.zfs.trim.enable"],
      ...["services.zfs.autoSnapshot.enable"],
      ...["users.users.*.isNormalUser", "users.users.*.isSystemUser", "users.users.*.createHome"],
      ...["sops.secrets.*.neededForUsers"],
      ...units(["enable"], [...UNITS, ...OTHER_UNITS]),
    ],
  ],
  [
    single("a string", isText),
    [
      ...["networking.hostName", "system.stateVersion", "fileSystems.*.fsType", "users.users.*.group"],
      ...["services.btrfs.autoScrub.interval", "services.zfs.autoScrub.interval", "services.fstrim.interval"],
      ...["services.zfs.trim.interval"],
    ],
  ],
  [
    single("a string or `null`", orNull(isText)),
    [
      ...["networking.hostId", "fileSystems.*.device", "fileSystems.*.label"],
      ...["users.users.*.hashedPassword", "users.users.*.hashedPasswordFile", "users.users.*.password"],
      ...["users.users.*.initialPassword", "users.users.*.initialHashedPassword", "users.users.*.passwordFile"],
    ],
  ],
  [single("an integer or `null`", orNull(isNumber)), ["users.users.*.uid"]],
  [single("an absolute path", isPath), ["users.users.*.home", "services.postgresql.dataDir"]],
  [
    joined("a string", isText),
    [
      ..."postDeviceCommands postMountCommands postResumeCommands preDeviceCommands preLVMCommands preFailCommands"
        .split(" ")
        .map((name) => `boot.initrd.${name}`),
      ...units(["script", "preStart", "postStart", "preStop", "postStop"], UNITS),
    ],
  ],
  [
    list("strings", isText),
    [
      ...["fileSystems.*.options", "boot.kernelParams", "systemd.tmpfiles.rules", "networking.nameservers"],
      ...["users.users.*.extraGroups", "users.users.*.openssh.authorizedKeys.keys"],
      ...["services.postgresql.ensureDatabases", "services.zfs.autoScrub.pools", "boot.zfs.extraPools"],
      ...units(UNIT_LISTS, [...UNITS, ...OTHER_UNITS]),
    ],
  ],
  [
    list("integers", isNumber),
    ["networking.firewall.allowedTCPPorts", "networking.firewall.allowedUDPPorts", "services.openssh.ports"],
  ],
  [
    list("absolute paths", isPath),
    ["services.btrfs.autoScrub.fileSystems", "age.identityPaths", "sops.age.sshKeyPaths", "sops.gnupg.sshKeyPaths"],
  ],
  [list("sets", isModule), ["swapDevices", "services.openssh.hostKeys", "systemd.mounts", "systemd.automounts"]],
  [
    list("paths and sets", isEntry),
    [
      "environment.persistence.*",
      "environment.persistence.*.users.*",
      "preservation.preserveAt.*",
      "preservation.preserveAt.*.users.*",
    ].flatMap((store) => [`${store}.directories`, `${store}.files`]),
  ],
  [packages(isPath), ["environment.systemPackages", "users.users.*.packages", "fonts.packages"]],
  [packages((value) => isText(value) || isPath(value)), units(["path"], UNITS)],
  [
    joined("a set", isSet),
    [...units(["serviceConfig", "unitConfig", "environment"], UNITS), "systemd.timers.*.timerConfig"],
  ],
  [
    joined("a set", isModule),
    [
      "fileSystems",
      "fileSystems.*",
      "environment.persistence",
      "environment.persistence.*",
      "users.users",
      "users.users.*",
    ],
  ],
];

class Branch implements NixosOptions {
  here: NixosOptionType | undefined;
  private readonly branches = new Map<string, Branch>();

  get names(): Iterable<string> | undefined {
    return this.branches.has("*") ? undefined : this.branches.keys();
  }

  below(name: string): Branch | undefined {
    return this.branches.get(name) ?? this.branches.get("*");
  }

  add(names: readonly string[], type: NixosOptionType): void {
    const [first, ...rest] = names;
    if (first === undefined) {
      this.here = type;
      return;
    }
    let branch = this.branches.get(first);
    if (!branch) {
      branch = new Branch();
      this.branches.set(first, branch);
    }
    branch.add(rest, type);
  }

  /** What holds for any name holds for those with options of their own. */
  spread(): this {
    const any = this.branches.get("*");
    for (const branch of this.branches.values()) {
      if (any && branch !== any) branch.take(any);
      branch.spread();
    }
    return this;
  }

  private take(other: Branch): void {
    this.here ??= other.here;
    for (const [name, theirs] of other.branches) {
      const own = this.branches.get(name);
      if (own) own.take(theirs);
      else this.branches.set(name, theirs);
    }
  }
}

/** The options of NixOS and of the modules that persist whose types are known, from the top. */
export const NIXOS_OPTIONS: NixosOptions = TYPES.reduce((all, [type, options]) => {
  for (const option of options) all.add(option.split("."), type);
  return all;
}, new Branch()).spread();
