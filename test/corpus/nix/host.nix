# What real Nix, with the real `lib` of nixpkgs and its module system, makes of a host of a repository whose inputs are
# not at hand. Options that nobody declares take anything; packages and modules of inputs are stand-ins.
#
# `names`: every identifier of the repository, so that any `pkgs.<name>` is there. `chains`: what the repository selects
# of each input, so that it is there, too. `switches`: paths of options called `enable`, which are off unless set.
# `defaults`: what modules of nixpkgs that are not at hand give the options that the repository reads.
{
  lib,
  repository,
  host,
  sources,
  facts,
}:
let
  realLib = import lib;
  inherit (builtins.fromJSON (builtins.readFile facts)) names chains switches defaults;
  pkgsFor =
    system:
    import ./packages.nix {
      inherit names system;
      lib = ourLib;
    };

  # A type that merges by shape: sets by name, lists one after the other, anything else must be equal.
  loose = realLib.mkOptionType {
    name = "loose";
    merge =
      path: definitions:
      let
        values = map (definition: definition.value) definitions;
        isGroup = value: builtins.isAttrs value && (value.type or "") != "derivation";
      in
      if builtins.all isGroup values then
        (realLib.types.lazyAttrsOf loose).merge path definitions
      else if builtins.all builtins.isList values then
        (realLib.types.listOf loose).merge path definitions
      else
        realLib.options.mergeEqualOption path definitions;
  };

  account =
    { name, config, ... }:
    {
      freeformType = realLib.types.lazyAttrsOf loose;
      options = {
        name = realLib.mkOption { default = name; };
        isNormalUser = realLib.mkOption { default = false; };
        home = realLib.mkOption {
          default =
            if name == "root" then
              "/root"
            else if config.isNormalUser then
              "/home/${name}"
            else
              "/var/empty";
        };
        group = realLib.mkOption { default = if config.isNormalUser then "users" else ""; };
      };
    };

  nixos =
    {
      modules,
      specialArgs ? { },
      system ? "x86_64-linux",
      ...
    }:
    let
      result = realLib.evalModules {
        specialArgs = {
          modulesPath = "${sources}/nixpkgs/nixos/modules";
          lib = ourLib;
        }
        // specialArgs;
        modules = modules ++ [
          (
            { config, ... }:
            {
              freeformType = realLib.types.lazyAttrsOf loose;
              options.users.users = realLib.mkOption {
                type = realLib.types.attrsOf (realLib.types.submodule account);
                default = { };
              };
              options.nixpkgs = {
                hostPlatform = realLib.mkOption {
                  default = if builtins.isString system then system else "x86_64-linux";
                  apply = realLib.systems.elaborate;
                };
                system = realLib.mkOption { default = config.nixpkgs.hostPlatform.system; };
                config = realLib.mkOption {
                  type = loose;
                  default = { };
                };
                overlays = realLib.mkOption {
                  type = realLib.types.listOf realLib.types.raw;
                  default = [ ];
                };
                pkgs = realLib.mkOption {
                  type = realLib.types.raw;
                  default = { };
                };
              };
              options.networking.hostName = realLib.mkOption { default = "nixos"; };
              options.home-manager.users = realLib.mkOption {
                default = { };
                type = realLib.types.attrsOf (
                  realLib.types.submoduleWith {
                    specialArgs = {
                      osConfig = config;
                      nixosConfig = config;
                      lib = ourLib;
                      pkgs = pkgsFor (if builtins.isString system then system else "x86_64-linux");
                    }
                    // (config.home-manager.extraSpecialArgs or { });
                    modules = (config.home-manager.sharedModules or [ ]) ++ [
                      (
                        { name, config, ... }:
                        {
                          freeformType = realLib.types.lazyAttrsOf loose;
                          options.home.username = realLib.mkOption { default = name; };
                          options.home.homeDirectory = realLib.mkOption { default = "/home/${name}"; };
                          options.xdg = realLib.mapAttrs (_: folder: realLib.mkOption {
                            default = "${config.home.homeDirectory}/${folder}";
                          }) {
                            configHome = ".config";
                            dataHome = ".local/share";
                            stateHome = ".local/state";
                            cacheHome = ".cache";
                          };
                          config = off;
                        }
                      )
                    ];
                  }
                );
              };
              config = realLib.mkMerge [
                off
                { _module.args.pkgs = realLib.mkOptionDefault (pkgsFor (if builtins.isString system then system else "x86_64-linux")); }
              ];
            }
          )
        ];
      };
    in
    result;

  # Weaker than any default, so that a declared option keeps its own.
  off = realLib.foldl' realLib.recursiveUpdate { } (
    map (path: realLib.setAttrByPath path (realLib.mkOverride 5000 false)) switches
    ++ map ({ path, value }: realLib.setAttrByPath path (realLib.mkOverride 5000 value)) defaults
  );

  ourLib = realLib.extend (
    _: _: {
      nixosSystem = nixos;
      platforms = realLib.platforms;
    }
  );

  flake = import (/. + repository + "/flake.nix");
  # What is selected of an input without its files: sets all the way down, which are modules as well.
  pieces = paths: realLib.foldl' realLib.recursiveUpdate { } (map (path: realLib.setAttrByPath path { }) paths);
  inputNames = realLib.unique (
    builtins.attrNames (flake.inputs or { })
    # Of a flake that takes its inputs as a whole, those that are only locked.
    ++ builtins.attrNames (realLib.filterAttrs (name: _: builtins.match "[a-z].*" name != null) chains)
    ++ builtins.filter (name: name != "self") (builtins.attrNames (builtins.functionArgs flake.outputs))
  );
  inputOf =
    name:
    if builtins.match "(nixpkgs|nixos|unstable|stable|pkgs).*" name != null then
      {
        lib = ourLib;
        legacyPackages = realLib.genAttrs realLib.systems.flakeExposed pkgsFor;
        outPath = "${sources}/nixpkgs";
        nixosModules = pieces (map (builtins.tail) (builtins.filter (path: builtins.length path > 1 && builtins.head path == "nixosModules") (chains.${name} or [ ])));
      }
    else if builtins.pathExists (sources + "/${name}/flake.nix") then
      let
        real = import (/. + sources + "/${name}/flake.nix");
        needs = builtins.attrNames (builtins.functionArgs real.outputs);
        given = realLib.genAttrs needs (
          need:
          if need == "self" then
            result
          else if need == "nixpkgs-lib" || need == "nixpkgs" then
            inputOf "nixpkgs"
          else
            inputs.${need} or { }
        );
        result = real.outputs given // {
          outPath = sources + "/${name}";
          inputs = given;
          _type = "flake";
        };
      in
      if result ? lib.mkFlake && result ? flakeModules then result // { lib = result.lib // { mkFlake = openFlake result.lib.mkFlake; }; } else result
    else
      pieces (chains.${name} or [ ]) // { outPath = "/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-${name}"; inputs = { }; };
  # What flake modules of inputs declare is taken as it is.
  openFlake =
    mkFlake: args: module:
    mkFlake args {
      imports = [
        module
        { freeformType = realLib.types.lazyAttrsOf loose; }
      ];
    };
  inputs = realLib.genAttrs inputNames inputOf;
  self = outputs // {
    inherit inputs outputs;
    outPath = repository;
    _type = "flake";
    sourceInfo.outPath = repository;
    rev = "0000000000000000000000000000000000000000";
    shortRev = "0000000";
    lastModified = 0;
    lastModifiedDate = "19700101000000";
  };
  outputs = flake.outputs (inputs // { inherit self; });

  config = outputs.nixosConfigurations.${host}.config;
  pathOf =
    kind: entry:
    if builtins.isAttrs entry then
      entry.${kind} or (throw "an entry without ${kind}")
    else
      entry;
  entriesOf = home: store: {
    directories = map (entry: home + pathOf "directory" entry) (store.directories or [ ]);
    files = map (entry: home + pathOf "file" entry) (store.files or [ ]);
  };
  storeOf =
    store:
    let
      own = entriesOf "" store;
      users = realLib.mapAttrsToList (
        name: user: entriesOf "${user.home or config.users.users.${name}.home or "/home/${name}"}/" user
      ) (store.users or { });
    in
    builtins.concatLists (map (entries: entries.directories ++ entries.files) ([ own ] ++ users));
  pathsOf = stores: builtins.concatLists (realLib.mapAttrsToList (_: storeOf) (realLib.filterAttrs (_: store: store.enable or true) stores));
in
{
  hostName = config.networking.hostName;
  persisted = pathsOf (config.environment.persistence or { });
  preserved = if config.preservation.enable or false then pathsOf (config.preservation.preserveAt or { }) else [ ];
  homes = builtins.concatLists (
    realLib.mapAttrsToList (
      name: user: map (path: "${user.home.homeDirectory}/${path}") (pathsOf (user.home.persistence or { }))
    ) config.home-manager.users
  );
  fileSystems = realLib.mapAttrs (
    _: fs: { inherit (realLib.filterAttrs (_: value: value != null) ({ device = null; fsType = null; neededForBoot = false; } // fs)) neededForBoot; device = fs.device or null; fsType = fs.fsType or null; options = fs.options or null; }
  ) (config.fileSystems or { });
}
