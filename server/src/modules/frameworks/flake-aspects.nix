# flake-aspects: modules under `flake.aspects.<aspect>.<class>` become `flake.modules.<class>.<aspect>`, each with what
# its aspect includes. Sources of truth: types.nix, resolve.nix and forward.nix of the input, as of March 2026.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;

  # What an aspect has beside its classes.
  beside = [
    "name"
    "description"
    "includes"
    "provides"
    "_"
    "modules"
    "resolve"
    "__functor"
    "__functionArgs"
  ];

  # The module of one class: what an aspect has for it, and what those have for it that the aspect includes. An aspect may
  # be a function of the class and of the aspects that lead to it.
  resolved =
    class: chain: aspect:
    let
      context = {
        inherit class;
        aspect-chain = chain;
      };
      given =
        if builtins.isFunction aspect then
          aspect context
        else if (aspect.__functor or null) != null then
          aspect.__functor aspect context
        else
          aspect;
    in
    {
      imports = lib.flatten [
        (given.${class} or { })
        (map (resolved class (chain ++ [ given ])) (given.includes or [ ]))
      ];
    };

  # A function that is a module of an aspect, and none that makes aspects.
  isModule =
    function:
    lib.any (name: (lib.functionArgs function) ? ${name}) [
      "lib"
      "config"
      "options"
      "aspect"
    ];

  value =
    default:
    mkOption {
      type = types.raw;
      inherit default;
    };

  aspectType = types.submodule (
    { name, config, ... }:
    {
      freeformType = types.lazyAttrsOf types.deferredModule;
      imports = [ (lib.mkAliasOptionModule [ "_" ] [ "provides" ]) ];
      config._module.args.aspect = config;
      options = {
        name = value name;
        description = value "Aspect ${name}";
        includes = mkOption {
          type = types.listOf types.raw;
          default = [ ];
        };
        provides = mkOption {
          type = types.submodule (
            { config, ... }:
            {
              freeformType = types.lazyAttrsOf (providerOr builtins.isFunction);
              config._module.args.aspects = config;
            }
          );
          default = { };
        };
        __functor = value null;
        modules = value (lib.genAttrs (classesOf config) (class: config.resolve { inherit class; }));
        resolve = value (
          {
            class,
            aspect-chain ? [ ],
          }:
          resolved class aspect-chain config
        );
      };
    }
  );

  providerOr = isProvider: types.either (types.addCheck types.raw isProvider) aspectType;

  aspectsType = types.submodule (
    { config, ... }:
    {
      freeformType = types.lazyAttrsOf (providerOr (given: builtins.isFunction given && !(isModule given)));
      config._module.args.aspects = config;
    }
  );

  classesOf = aspect: lib.attrNames (removeAttrs aspect beside);

  byClass =
    aspects:
    lib.foldl' (
      found: name:
      lib.foldl' (
        all: class:
        all
        // {
          ${class} = (all.${class} or { }) // {
            ${name} = resolved class [ ] aspects.${name};
          };
        }
      ) found (classesOf aspects.${name})
    ) { } (lib.attrNames aspects);

  flakeModule =
    { config, ... }:
    {
      key = "flake-aspects";
      options.flake = mkOption {
        type = types.submoduleWith {
          modules = [
            {
              options.aspects = mkOption {
                type = aspectsType;
                default = { };
              };
            }
          ];
        };
      };
      config.flake.modules = byClass config.flake.aspects;
    };

  # What aspects have for one class becomes a part of another one, such as the homes of a host's users.
  forward =
    {
      each,
      fromClass,
      intoClass,
      intoPath,
      fromAspect,
    }:
    {
      includes = map (item: {
        ${intoClass item} = lib.setAttrByPath (intoPath item) (
          { ... }:
          {
            imports = [ (resolved (fromClass item) [ ] (fromAspect item)) ];
          }
        );
      }) each;
    };
in
open "flake-aspects" {
  inherit flakeModule;
  lib =
    _:
    open "flake-aspects.lib" {
      inherit forward;
      resolve = resolved;
    };
}
