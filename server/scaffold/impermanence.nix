# A root that starts fresh at every boot. The old one goes to an archive, from which a service deletes it later.
# What is persisted is written by with-impermanence.nix or with-preservation.nix, whichever is imported beside it.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:

let
  inherit (lib)
    mkIf
    mkMerge
    mkOption
    types
    ;

  cfg = config.pantherOS.serverImpermanence;

  subvolume = types.strMatching "[A-Za-z0-9@_.+-]+(/[A-Za-z0-9@_.+-]+)*";
  absolutePath = types.strMatching "/.+";

  # A directory to persist, with what may be said of it.
  directory = types.submodule {
    options =
      lib.mapAttrs
        (
          name: default:
          mkOption {
            type = types.str;
            inherit default;
            description = "The ${name} of the directory.";
          }
        )
        {
          user = "root";
          group = "root";
          mode = "0755";
        }
      // {
        directory = mkOption {
          type = absolutePath;
          description = "Its path.";
        };
      };
  };
  asSet = entry: if builtins.isString entry then { directory = entry; } else entry;

  scriptWith = import ./script-with.nix lib;

  wipeRoot = scriptWith {
    DEVICE = cfg.device;
    ROOT = cfg.rootSubvolume;
    ARCHIVE = cfg.archive.path;
    BASELINE = if cfg.baseline == null then "" else cfg.baseline;
  } ./scripts/wipe-root.sh;

  cleanArchive = scriptWith {
    DEVICE = cfg.device;
    ARCHIVE = cfg.archive.path;
    DAYS = toString cfg.archive.days;
    KEEP = toString cfg.archive.keep;
  } ./scripts/clean-archive.sh;

  deviceUnit = "${utils.escapeSystemdPath cfg.device}.device";

  rootOptions = config.fileSystems."/".options;
in
{
  options.pantherOS.serverImpermanence = {
    enable = lib.mkEnableOption "a root that starts fresh at every boot";

    device = mkOption {
      type = absolutePath;
      default = config.fileSystems."/".device;
      defaultText = lib.literalExpression ''config.fileSystems."/".device'';
      example = "/dev/mapper/crypted";
      description = "The device of the btrfs filesystem that holds the root. The wipe waits for it.";
    };

    rootSubvolume = mkOption {
      type = subvolume;
      default = "root";
      example = "@root";
      description = ''
        The subvolume that is mounted on `/`, from the top level. It has to be the one in the options of
        `fileSystems."/"`, which is checked: a wipe of another one would leave the root as it is.
      '';
    };

    baseline = mkOption {
      type = types.nullOr subvolume;
      default = null;
      example = "root-blank";
      description = ''
        The subvolume that every fresh root is a snapshot of, or null for an empty root. Where it is missing, the root
        of the last boot stays and a message says so.
      '';
    };

    archive = {
      path = mkOption {
        type = subvolume;
        default = "old_roots";
        description = "Where old roots go, from the top level of the filesystem. It is made when it is missing.";
      };
      days = mkOption {
        type = types.ints.positive;
        default = 30;
        description = "How many days an old root stays.";
      };
      keep = mkOption {
        type = types.ints.positive;
        default = 3;
        description = ''
          How many old roots stay however old they are, so that neither a long absence nor a clock that is wrong can
          empty the archive.
        '';
      };
    };

    script = mkOption {
      type = types.lines;
      readOnly = true;
      default = wipeRoot;
      defaultText = lib.literalMD "the values of these options, and scripts/wipe-root.sh";
      description = "What the initrd runs.";
    };

    scriptedStage1 = mkOption {
      type = types.bool;
      default = false;
      internal = true;
      description = "Whether scripted-stage-1.nix is there.";
    };

    excludePaths = mkOption {
      type = types.listOf absolutePath;
      default = [
        "/persist"
        "/nix"
        "/var/log"
        "/var/lib/caddy"
        "/var/backup"
        "/var/lib/containers"
      ];
      description = ''
        Directories that outlive a reboot. Those in `ownFileSystems`, or below one, do so already; the others are
        persisted in `persistence.path` when with-impermanence.nix or with-preservation.nix is imported.
      '';
    };

    ownFileSystems = mkOption {
      type = types.listOf absolutePath;
      default = [
        "/persist"
        "/nix"
        "/boot"
      ];
      example = [
        "/persist"
        "/nix"
        "/boot"
        "/var/log"
      ];
      description = ''
        Mount points with a filesystem or subvolume of their own, which is checked. It is a list of its own because
        the persistence modules make file systems of what they persist.
      '';
    };

    persistence = {
      path = mkOption {
        type = absolutePath;
        default = "/persist";
        description = "Where persisted data lives. It needs a subvolume of its own, as the root is wiped.";
      };
      directories = mkOption {
        type = types.listOf (types.either absolutePath directory);
        default = [
          "/var/lib/nixos"
          "/var/lib/systemd"
        ];
        example = [
          "/var/lib/nixos"
          "/var/lib/systemd"
          {
            directory = "/var/lib/caddy";
            user = "caddy";
            group = "caddy";
            mode = "0700";
          }
        ];
        description = ''
          Directories that are persisted beside `excludePaths`: paths, or sets that say whose the directory is. The
          default keeps what numbers users and groups have, and when timers last ran.
        '';
      };
      files = mkOption {
        type = types.listOf absolutePath;
        default = [ "/etc/machine-id" ];
        description = "Files that are persisted. A file that its program replaces needs its directory persisted instead.";
      };
      needed = mkOption {
        type = types.listOf directory;
        default = [ ];
        internal = true;
        description = "Directories that these modules need themselves.";
      };
      onRoot = mkOption {
        type = types.listOf (types.attrsOf types.str);
        readOnly = true;
        default =
          let
            isOwn = path: lib.any (own: path == own || lib.hasPrefix "${own}/" path) cfg.ownFileSystems;
            named = map asSet cfg.persistence.directories;
            others = lib.filter (path: !(lib.any (set: set.directory == path) named)) (lib.unique cfg.excludePaths);
          in
          lib.filter (set: !(isOwn set.directory)) (map asSet others ++ named ++ cfg.persistence.needed);
        defaultText = lib.literalMD "what of `excludePaths` and `directories` is not below one of `ownFileSystems`";
        description = "The directories that with-impermanence.nix or with-preservation.nix persists.";
      };
      sshHostKeys = mkOption {
        type = types.bool;
        default = true;
        description = ''
          Whether sshd has its host keys in `persistence.path` itself: a key that is persisted as a file is made anew
          at the first boot, before it is in place.
        '';
      };
    };
  };

  config = mkIf cfg.enable (mkMerge [
    {
      assertions = [
        {
          assertion =
            builtins.elem "subvol=${cfg.rootSubvolume}" rootOptions
            || builtins.elem "subvol=/${cfg.rootSubvolume}" rootOptions;
          message = ''
            pantherOS.serverImpermanence.rootSubvolume is "${cfg.rootSubvolume}", but fileSystems."/" does not mount it:
            another subvolume than the root would be wiped.
          '';
        }
        {
          assertion = config.boot.initrd.systemd.enable || cfg.scriptedStage1;
          message = ''
            pantherOS.serverImpermanence needs boot.initrd.systemd.enable = true, or scripted-stage-1.nix among the
            imports: nothing else would wipe the root.
          '';
        }
      ]
      ++ map (path: {
        assertion = config.fileSystems ? ${path};
        message = ''
          pantherOS.serverImpermanence.ownFileSystems names ${path}, which has no entry in fileSystems: what is there
          would be lost at the next boot.
        '';
      }) cfg.ownFileSystems;

      fileSystems.${cfg.persistence.path}.neededForBoot = true;

      boot.initrd.supportedFilesystems = [ "btrfs" ];

      systemd.services.server-impermanence-clean-archive = {
        description = "Delete old roots from the archive";
        path = [
          pkgs.btrfs-progs
          pkgs.coreutils
          pkgs.util-linux
        ];
        startAt = "daily";
        onFailure = lib.optional (cfg.notify != null) "server-notify@%n.service";
        script = cleanArchive;
        serviceConfig = {
          Type = "oneshot";
          # The top level is seen by this service alone.
          PrivateMounts = true;
          IOSchedulingClass = "idle";
          Nice = 19;
        };
      };
      systemd.timers.server-impermanence-clean-archive.timerConfig = {
        Persistent = true;
        RandomizedDelaySec = "1h";
      };
    }

    (mkIf config.boot.initrd.systemd.enable {
      boot.initrd.systemd.services.server-impermanence = {
        description = "Put the last root into the archive and start with a fresh one";
        # Wanted and not required: a host whose wipe fails boots with its last root, and says so.
        wantedBy = [ "initrd.target" ];
        requires = [ deviceUnit ];
        after = [
          deviceUnit
          # A hibernated system still has the filesystem mounted.
          "systemd-hibernate-resume.service"
        ];
        before = [ "sysroot.mount" ];
        unitConfig.DefaultDependencies = false;
        serviceConfig = {
          Type = "oneshot";
          StandardOutput = "journal+console";
          StandardError = "journal+console";
        };
        inherit (cfg) script;
      };
    })

    (mkIf cfg.persistence.sshHostKeys {
      services.openssh.hostKeys = [
        {
          path = "${cfg.persistence.path}/etc/ssh/ssh_host_ed25519_key";
          type = "ed25519";
        }
      ];
    })
  ]);
}
