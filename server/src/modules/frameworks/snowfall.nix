# snowfall-lib: systems, modules, homes and library functions by their place in the folders.
{ lib, open, ... }:
let
  inherit (lib) types mkOption mkDefault;

  # Folders of these kinds of systems are images, no hosts of `nixosConfigurations`.
  imageFormats = [
    "amazon"
    "azure"
    "cloudstack"
    "docker"
    "do"
    "gce"
    "hyperv"
    "iso"
    "kexec"
    "kubevirt"
    "lxc"
    "openstack"
    "proxmox"
    "qcow"
    "raw"
    "sd-aarch64"
    "vagrant"
    "virtualbox"
    "vm"
  ];
  isImage = target: lib.any (format: lib.hasInfix format target) imageFormats;
  isHostTarget = target: lib.hasInfix "linux" target && !isImage target;

  entriesOf = path: if builtins.pathExists path then builtins.readDir path else { };
  ofKind =
    kind: path:
    map (name: "${toString path}/${name}") (
      lib.attrNames (lib.filterAttrs (_: found: found == kind) (entriesOf path))
    );
  foldersOf = ofKind "directory";
  filesOf = ofKind "regular";
  filesBelow = path: filesOf path ++ lib.concatMap filesBelow (foldersOf path);
  isNix = lib.hasSuffix ".nix";
  isDefault = path: baseNameOf path == "default.nix";
  nixFilesOf = path: lib.filter isNix (filesOf path);
  nixFilesBelow = path: lib.filter isNix (filesBelow path);

  # The user of a home `user@host`, and the host or "".
  splitHome =
    name:
    let
      parts = lib.splitString "@" name;
    in
    {
      user = lib.head parts;
      host = if lib.length parts > 1 then lib.elemAt parts 1 else "";
    };

  # `snowfallorg.users.<name>`: makes the user and hands `home.config` to home-manager.
  userModule =
    { config, ... }:
    let
      inherit (config.snowfallorg) users;
    in
    {
      options.snowfallorg.users = mkOption {
        default = { };
        type = types.attrsOf (
          types.submodule (
            { name, ... }:
            {
              options = {
                create = mkOption {
                  type = types.bool;
                  default = true;
                };
                admin = mkOption {
                  type = types.bool;
                  default = true;
                };
                home = {
                  enable = mkOption {
                    type = types.bool;
                    default = true;
                  };
                  path = mkOption {
                    type = types.str;
                    default = "/home/${name}";
                  };
                  config = mkOption {
                    type = types.deferredModule;
                    default = { };
                  };
                };
              };
            }
          )
        );
      };
      config.users.users = lib.mapAttrs (
        name: user:
        lib.mkIf user.create {
          isNormalUser = mkDefault true;
          name = mkDefault name;
          home = mkDefault user.home.path;
          group = mkDefault "users";
          extraGroups = lib.optional user.admin "wheel";
        }
      ) users;
    };

  # `snowfallorg.user` inside a home.
  homeUserModule =
    { config, osConfig, ... }:
    let
      cfg = config.snowfallorg.user;
    in
    {
      options.snowfallorg.user = {
        enable = mkOption {
          type = types.bool;
          default = false;
        };
        name = mkOption { type = types.str; };
        home.directory = mkOption {
          type = types.str;
          default = osConfig.users.users.${cfg.name}.home;
        };
      };
      config = lib.mkIf cfg.enable {
        home = {
          username = mkDefault cfg.name;
          homeDirectory = mkDefault cfg.home.directory;
        };
      };
    };

  mkLib =
    options:
    let
      settings = options.snowfall or { };
      root = settings.root or options.src;
      namespace = settings.namespace or "internal";
      inherit (options) inputs;
      fileOf = path: "${toString root}/${path}";

      fs = open "lib.snowfall.fs" {
        get-file = path: "${toString options.src}/${path}";
        get-snowfall-file = fileOf;
        safe-read-directory = entriesOf;
        get-directories = foldersOf;
        get-files = filesOf;
        get-files-recursive = filesBelow;
        get-nix-files = nixFilesOf;
        get-nix-files-recursive = nixFilesBelow;
        get-default-nix-files = path: lib.filter isDefault (filesOf path);
        get-default-nix-files-recursive = path: lib.filter isDefault (filesBelow path);
        get-non-default-nix-files = path: lib.filter (file: !isDefault file) (nixFilesOf path);
        get-non-default-nix-files-recursive = path: lib.filter (file: !isDefault file) (nixFilesBelow path);
        is-file-kind = kind: kind == "regular";
        is-directory-kind = kind: kind == "directory";
      };
      snowfall = open "lib.snowfall" {
        inherit fs;
        module = open "lib.snowfall.module" { create-modules = modulesOf; };
        attrs = open "lib.snowfall.attrs" {
          merge-deep = lib.foldl lib.recursiveUpdate { };
          merge-shallow = lib.foldl (a: b: a // b) { };
        };
        home = open "lib.snowfall.home" {
          split-user-and-host = name: { inherit (splitHome name) user host; };
          get-target-homes-metadata =
            target:
            map
              (path: {
                path = path + "/default.nix";
                name = baseNameOf path;
                system = baseNameOf target;
              })
              (lib.filter (path: builtins.pathExists (path + "/default.nix")) (foldersOf target));
        };
        path = open "lib.snowfall.path" {
          split-file-extension = file: builtins.match "(.*)\\.(.*)" file;
          get-file-extension =
            file:
            let
              parts = builtins.match "(.*)\\.(.*)" (toString file);
            in
            if parts == null then "" else lib.last parts;
          get-file-name-without-extension =
            path:
            let
              parts = builtins.match "(.*)\\.(.*)" (baseNameOf path);
            in
            if parts == null then baseNameOf path else lib.head parts;
          has-any-file-extension = file: builtins.match "(.*)\\.(.*)" (toString file) != null;
          has-file-extension = extension: lib.hasSuffix ".${extension}";
          get-parent-directory = path: baseNameOf (dirOf path);
        };
      };
      inputLibs = lib.mapAttrs (_: input: input.lib) (
        lib.filterAttrs (_: input: builtins.isAttrs (input.lib or null)) (removeAttrs inputs [ "self" ])
      );
      baseLib = lib // inputLibs // { inherit snowfall; };
      userLib = lib.fix (
        mine:
        let
          arguments = {
            inherit inputs namespace;
            snowfall-inputs = { };
            lib = baseLib // {
              ${namespace} = mine;
            };
          };
          load =
            path:
            let
              value = import path;
            in
            if lib.isFunction value then
              value (builtins.intersectAttrs (lib.functionArgs value) arguments)
            else
              value;
        in
        lib.foldl lib.recursiveUpdate { } (map load (lib.filter isDefault (filesBelow (fileOf "lib"))))
      );
      systemLib = baseLib // {
        ${namespace} = userLib;
      };

      # Every `default.nix` below a folder as a module, named by its place.
      modulesOf =
        {
          src ? fileOf "modules/nixos",
          overrides ? { },
          alias ? { },
        }:
        let
          found = lib.listToAttrs (
            map (path: {
              name = lib.removePrefix "/" (lib.removeSuffix "/default.nix" (lib.removePrefix (toString src) path));
              value = path;
            }) (lib.filter isDefault (filesBelow src))
          );
        in
        found // lib.mapAttrs (_: name: found.${name}) alias // overrides;

      homesBelow = lib.concatMap (
        target:
        map (
          path:
          splitHome (baseNameOf path)
          // {
            name = baseNameOf path;
            system = baseNameOf target;
            module = path + "/default.nix";
          }
        ) (lib.filter (path: builtins.pathExists (path + "/default.nix")) (foldersOf target))
      ) (foldersOf (fileOf "homes"));

      homeModules =
        homes: host: system: systems:
        [
          {
            config.home-manager = {
              sharedModules = [
                homeUserModule
              ]
              ++ (homes.modules or [ ])
              ++ lib.attrValues (modulesOf {
                src = fileOf "modules/home";
              });
              extraSpecialArgs = {
                inherit
                  inputs
                  system
                  systems
                  host
                  namespace
                  ;
                target = system;
                format = "home";
                virtual = false;
                lib = systemLib;
              };
            };
          }
        ]
        ++ map (
          home:
          { config, ... }:
          {
            config = lib.mkIf (home.host == host || (home.host == "" && home.system == system)) {
              snowfallorg.users.${home.user}.home.config = {
                snowfallorg.user = {
                  enable = mkDefault true;
                  name = mkDefault home.user;
                };
              };
              home-manager = {
                useGlobalPkgs = mkDefault true;
                users.${home.user} = lib.mkIf config.snowfallorg.users.${home.user}.home.enable {
                  imports = [
                    config.snowfallorg.users.${home.user}.home.config
                  ]
                  ++ (homes.users.${home.name}.modules or [ ])
                  ++ [ home.module ];
                };
              };
            };
          }
        ) homesBelow;

      mkFlake =
        args:
        let
          settingsOf = args.systems or { };
          homes = args.homes or { };
          found = lib.concatMap (
            target:
            map (path: {
              name = baseNameOf path;
              value = {
                inherit path;
                target = baseNameOf target;
              };
            }) (lib.filter (path: builtins.pathExists (path + "/default.nix")) (foldersOf target))
          ) (lib.filter (target: isHostTarget (baseNameOf target)) (foldersOf (fileOf "systems")));
          hosts = lib.mapAttrs hostOf (lib.listToAttrs found);
          hostOf =
            name:
            { path, target }:
            let
              own = settingsOf.hosts.${name} or { };
              system = own.system or target;
              channel = own.channelName or "nixpkgs";
            in
            inputs.${channel}.lib.nixosSystem {
              inherit system;
              specialArgs = (own.specialArgs or { }) // {
                inherit
                  target
                  system
                  namespace
                  inputs
                  ;
                systems = hosts;
                lib = systemLib;
                host = name;
                virtual = false;
                format = "linux";
              };
              modules = [
                (path + "/default.nix")
              ]
              ++ lib.attrValues (modulesOf { })
              ++ (own.modules or [ ])
              ++ (settingsOf.modules.nixos or [ ])
              ++ lib.optionals (inputs ? home-manager) (homeModules homes name system hosts)
              ++ [
                userModule
                { networking.hostName = mkDefault name; }
              ];
            };
          handled = [
            "systems"
            "modules"
            "overlays"
            "packages"
            "outputs-builder"
            "outputsBuilder"
            "packagesPrefix"
            "hosts"
            "homes"
            "channels-config"
            "templates"
            "checks"
            "alias"
            "snowfall"
            "inputs"
            "src"
          ];
        in
        open "the outputs of snowfall-lib" (
          removeAttrs args handled
          // {
            nixosConfigurations = hosts;
            lib = userLib;
            nixosModules = modulesOf {
              overrides = args.modules.nixos or { };
              alias = args.alias.modules.nixos or { };
            };
            homeModules = modulesOf {
              src = fileOf "modules/home";
              overrides = args.modules.home or { };
              alias = args.alias.modules.home or { };
            };
          }
        );
    in
    systemLib // userLib // { inherit mkFlake; };
in
open "snowfall-lib" {
  inherit mkLib;
  mkFlake = options: (mkLib options).mkFlake (removeAttrs options [ "snowfall" ]);
}
