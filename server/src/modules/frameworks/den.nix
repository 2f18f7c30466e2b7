# den: hosts under `den.hosts`, made of aspects. What stands in a host's aspect and in those that it includes is read
# as it is; what den makes of functions of hosts and users, of their classes and policies is not known here, so that
# each host has a module that cannot be read.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;

  raw = mkOption {
    type = types.raw;
    default = { };
  };
  string =
    default:
    mkOption {
      type = types.str;
      inherit default;
    };

  # Aspects are written in many files, and inside of each other.
  setsOf = lib.filter builtins.isAttrs;
  join =
    values:
    let
      sets = setsOf values;
      listsOf = name: lib.concatMap (set: set.${name} or [ ]) sets;
      modulesOf = name: { imports = map (set: set.${name}) (lib.filter (set: set ? ${name}) sets); };
      inner = lib.zipAttrsWith (_: join) (
        map (set: removeAttrs set ([ "includes" "provides" "_" "meta" "name" "description" "__functor" ] ++ classes)) sets
      );
      provided = lib.zipAttrsWith (_: join) (map (set: (set.provides or { }) // (set._ or { })) sets);
    in
    # An aspect inside of another is found under its name, too.
    provided
    // inner
    // lib.genAttrs (lib.filter (class: lib.any (set: set ? ${class}) sets) classes) modulesOf
    // {
      includes = listsOf "includes";
      provides = provided;
      _ = provided;
    };
  classes = [
    "nixos"
    "darwin"
    "os"
    "homeManager"
    "hjem"
    "maid"
    "user"
  ];
  aspect = types.mkOptionType {
    name = "aspect";
    # One that takes arguments is called by those that include it.
    merge =
      _: definitions:
      let
        values = map (definition: definition.value) definitions;
        first = builtins.head values;
      in
      if lib.length values == 1 && builtins.isFunction first then first else join values;
  };

  # Aspects include each other; den takes each once, and this far down is deeper than anybody writes.
  modulesOf =
    depth: class: value:
    if depth == 0 || !builtins.isAttrs value then
      [ ]
    else
      lib.optional (value ? ${class}) value.${class}
      ++ lib.concatMap (modulesOf (depth - 1) class) (value.includes or [ ]);

  platforms = [
    "x86_64-linux"
    "aarch64-linux"
    "i686-linux"
    "armv7l-linux"
    "riscv64-linux"
    "powerpc64le-linux"
    "x86_64-darwin"
    "aarch64-darwin"
  ];

  unseen = (open "den, which makes modules of aspects for hosts and users," { }).pipeline;

  flakeModule =
    { config, inputs, ... }:
    let
      inherit (config) den;
      host =
        system:
        { name, config, ... }:
        {
          freeformType = types.lazyAttrsOf types.raw;
          options = {
            name = string name;
            hostName = string config.name;
            system = string system;
            class = string (if lib.hasSuffix "darwin" config.system then "darwin" else "nixos");
            aspect = mkOption {
              type = types.raw;
              default = den.aspects.${config.name} or { };
            };
            intoAttr = mkOption {
              type = types.listOf types.str;
              default = [
                "nixosConfigurations"
                config.name
              ];
            };
            instantiate = mkOption {
              type = types.raw;
              default = inputs.nixpkgs.lib.nixosSystem;
            };
            users = raw;
          };
        };
      systemOf =
        given:
        given.instantiate {
          modules =
            modulesOf 12 "nixos" given.aspect
            ++ modulesOf 12 "os" given.aspect
            ++ modulesOf 12 "nixos" den.default
            ++ [
              unseen
              { _module.args.host = given; }
              { nixpkgs.hostPlatform = lib.mkDefault given.system; }
            ];
        };
      all = lib.concatMap (system: lib.attrValues den.hosts.${system}) platforms;
      shown = lib.filter (
        given: given.class == "nixos" && lib.take 1 given.intoAttr == [ "nixosConfigurations" ]
      ) all;
    in
    {
      # Other inputs import it as well.
      key = "den";
      options.den = mkOption {
        default = { };
        type = types.submoduleWith {
          modules = [
            {
              freeformType = types.lazyAttrsOf types.raw;
              options = {
                hosts = mkOption {
                  default = { };
                  type = types.submodule {
                    options = lib.genAttrs platforms (
                      system:
                      mkOption {
                        type = types.lazyAttrsOf (types.submodule (host system));
                        default = { };
                      }
                    );
                  };
                };
                aspects = mkOption {
                  default = { };
                  type = types.lazyAttrsOf aspect;
                };
                default = mkOption {
                  default = { };
                  type = aspect;
                };
              };
            }
          ];
        };
      };
      config = {
        _module.args.den = open "den" { inherit (den) hosts aspects default; };
        flake.nixosConfigurations = lib.listToAttrs (
          map (given: lib.nameValuePair (lib.last given.intoAttr) (systemOf given)) shown
        );
      };
    };
in
open "den" {
  inherit flakeModule;
  flakeModules = open "den.flakeModules" {
    default = flakeModule;
    dendritic = flakeModule;
  };
}
