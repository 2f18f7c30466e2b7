# den: hosts under `den.hosts`, made of aspects. A host is what its aspect has for the class `nixos`, and what the
# aspects of its users have, with all that they include. Since June 2026 den places functions of hosts and users by the
# rules that den-pipeline.nix follows. Of what was locked before only that is read which stands in aspects as it is, and
# each host has a module that cannot be read; so has one that uses what is not interpreted, such as policies.
{
  lib,
  open,
  known,
  pipeline,
  batteries,
  isFollowed,
  ...
}:
let
  inherit (lib) mkOption types;

  unseen = open "den" { };
  inherit
    (pipeline {
      inherit lib unseen known;
    })
    aspectOf
    reached
    modulesIn
    wrapped
    ;

  # What den knows by name. Flakes and their platforms have classes as well, which say nothing of hosts.
  builtInClasses = lib.genAttrs [
    "nixos"
    "darwin"
    "os"
    "user"
    "homeManager"
    "hjem"
    "maid"
    "wsl"
    "packages"
    "apps"
    "checks"
    "devShells"
    "legacyPackages"
  ] (_: { });
  platforms = lib.genAttrs (lib.systems.flakeExposed or [ "x86_64-linux" "aarch64-linux" ]) (_: true);

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
  is =
    type: default:
    mkOption {
      inherit type default;
    };

  aspectType =
    path: classes:
    types.mkOptionType {
      name = "aspect";
      merge =
        at: definitions: aspectOf classes (path ++ [ (lib.last at) ]) (map (definition: definition.value) definitions);
    };

  # Hosts are joined as they are written, before their options are known.
  hostsType = types.mkOptionType {
    name = "hosts";
    merge = _: definitions: lib.foldl' lib.recursiveUpdate { } (map (definition: definition.value) definitions);
  };

  # What is said of a kind of things beside its options.
  beside = [
    "includes"
    "excludes"
    "isEntity"
    "isolated"
    "parent"
    "collisionPolicy"
  ];
  kindType = types.mkOptionType {
    name = "kind of den";
    merge =
      _: definitions:
      let
        values = map (definition: definition.value) definitions;
        sets = lib.filter builtins.isAttrs values;
        listOf = name: lib.concatMap (set: set.${name} or [ ]) sets;
      in
      {
        includes = listOf "includes";
        excludes = listOf "excludes";
        modules = map (value: if builtins.isAttrs value then removeAttrs value beside else value) values;
      };
  };

  # How policies say what becomes of a quirk; what they say of it is not read.
  pipe = open "den.lib.policy.pipe" (
    lib.genAttrs [ "filter" "transform" "append" "broadcast" "for" "to" "as" "collect" "collectAll" ] (_: _: { }) // {
      from = _: _: { __policyEffect = "pipe"; };
      fold = _: _: { };
      expose = { };
      withProvenance = { };
    }
  );

  flakeModule =
    { config, inputs, ... }:
    let
      inherit (config) den;
      builtIn = batteries { inherit lib inputs open; };
      # Aspects may add classes.
      classes = lib.foldl' (found: one: found // (one.classes or { })) (builtInClasses // den.classes) (
        lib.filter builtins.isAttrs (lib.attrValues den.aspects)
      );
      quirks = lib.mapAttrs (_: _: unseen.quirks) den.quirks;
      aspect = aspectType [ ] classes;
      kind = name: den.schema.${name} or { includes = [ ]; excludes = [ ]; modules = [ ]; };
      # Functions and values that den adds to each host and user, and that nobody here reads for them.
      added = {
        hasAspect = is types.raw unseen.hasAspect;
        aspects = is types.raw unseen.aspects;
        resolved = is types.raw unseen.resolved;
        mainModule = is types.raw unseen.mainModule;
        collisionPolicy = is types.raw null;
        id_hash = is types.raw unseen.id_hash;
      };
      # A home environment is on for a host that has a user with its class.
      environment = class: users: {
        enable = is types.bool (lib.any (user: lib.elem class user.classes) (lib.attrValues users));
        module = is types.raw { };
      };

      host =
        system:
        { name, config, ... }:
        {
          imports = (kind "conf").modules ++ (kind "host").modules;
          freeformType = types.lazyAttrsOf types.raw;
          config._module.args.host = config;
          options = added // {
            name = string name;
            hostName = string config.name;
            system = string system;
            class = string (if lib.hasSuffix "darwin" config.system then "darwin" else "nixos");
            description = string "${config.class}.${config.hostName}@${config.system}";
            aspect = is types.raw (den.aspects.${config.name} or { });
            intoAttr = is (types.listOf types.str) [
              "nixosConfigurations"
              config.name
            ];
            instantiate = is types.raw inputs.nixpkgs.lib.nixosSystem;
            users = is (types.lazyAttrsOf (types.submodule (user config))) { };
            home-manager = environment "homeManager" config.users // {
              module = is types.raw (inputs.home-manager.nixosModules.home-manager or { });
            };
            hjem = environment "hjem" config.users;
            nix-maid = environment "maid" config.users;
            wsl.enable = is types.bool false;
            wsl.module = raw;
          };
        };
      user =
        host:
        { name, config, ... }:
        {
          imports = (kind "conf").modules ++ (kind "user").modules;
          freeformType = types.lazyAttrsOf types.raw;
          config._module.args = {
            inherit host;
            user = config;
          };
          options = added // {
            name = string name;
            userName = string config.name;
            classes = is (types.listOf types.str) [ "user" ];
            aspect = is types.raw (den.aspects.${config.name} or { });
            host = is types.raw host;
          };
        };

      offered = open "den.batteries" (builtIn.batteries // den._ // den.provides // den.batteries);

      # Hosts stand under their platform, or say it themselves.
      listed =
        let
          names = lib.attrNames den.hosts;
          under = lib.concatMap (
            system: lib.mapAttrsToList (name: given: { inherit system name given; }) den.hosts.${system}
          ) (lib.filter (name: platforms ? ${name}) names);
          alone = map (name: {
            inherit name;
            given = removeAttrs den.hosts.${name} [ "system" ];
            inherit (den.hosts.${name}) system;
          }) (lib.filter (name: !(platforms ? ${name})) names);
        in
        under ++ alone;
      hostOf =
        { system, name, given }:
        (lib.evalModules {
          specialArgs = { inherit name; };
          modules = [
            (host system)
            { config = given; }
          ];
        }).config;

      # Everything that a host is made of: what is found at itself, and at its users.
      placesOf =
        given:
        let
          place = {
            inherit classes quirks;
            each = "";
            shared = false;
            isHandedOn = false;
          };
          atHost = place // {
            kind = "host";
            name = "host";
            context = {
              host = given;
              inherit (given) class;
            };
          };
          environments = (kind "hm-host").includes;
          usersIncludes = [ den.default ] ++ (kind "user").includes;
          nameOf = value: if known value && builtins.isAttrs value then value.__path or value.name or null else null;
          sharedNames = map nameOf usersIncludes;
          isShared = value: nameOf value != null && lib.elem (nameOf value) sharedNames;
          from = at: id: values: lib.concatLists (
            lib.imap0 (index: value: reached (at // { shared = at.kind == "host" && isShared value; }) { } "${id}/<anon>:${toString index}" value) values
          );
          hasHomes = given.home-manager.enable && lib.any (one: lib.elem "homeManager" one.classes) (lib.attrValues given.users);
          ofHost = from atHost "host" (
            [ given.aspect den.default ] ++ (kind "host").includes ++ lib.optionals hasHomes environments
          );
          # Things that an aspect provides to others: to users and hosts, or to one by its name.
          offers = nodes: lib.concatMap (
            node:
            let
              provided = (node.aspect._ or { }) // (node.aspect.provides or { });
              keys = lib.filter (
                key: key != (node.aspect.name or null) && !(lib.elem key [ "host" "user" "home" "__bundle" ])
              ) (lib.attrNames provided);
            in
            map (key: { inherit key; value = provided.${key}; id = "${node.id}/${key}"; }) keys
          ) (lib.filter known nodes);
          # den hands on what a host offers where it went into more than one thing, such as two users, or a user and his home.
          entered = lib.length (lib.attrValues given.users) + lib.length (
            lib.concatMap (one: lib.filter (class: lib.elem class [ "homeManager" "hjem" "maid" ]) one.classes) (lib.attrValues given.users)
          );
          hostOffers = lib.optionals (entered > 1) (offers ofHost);
          ofUser = user: let
            at = atHost // {
              kind = "user";
              name = "user ${user.name}";
              context = { host = given; inherit user; };
            };
            isIncluded = !(lib.elem user.name (lib.attrNames (given.aspect.provides or { }))) && builtins.isAttrs given.aspect && given.aspect ? ${user.name};
            ownNodes = from at "user" (
              [ user.aspect ] ++ usersIncludes ++ lib.optional isIncluded given.aspect.${user.name}
              ++ lib.optionals (hasHomes && lib.elem "homeManager" user.classes) environments
            );
            isFor = key: lib.elem key [ "to-users" "to-hosts" given.name user.name ];
            handed = { key, value, id }: let
              isAspect = builtins.isAttrs value && value ? includes;
              called = if builtins.isAttrs value && value ? __fn then value.__fn at.context
                else if !isAspect && lib.isFunction value then value at.context
                else value;
            in lib.optionals (isFor key) (reached at { } id (if known value then called else value));
            nodes = ownNodes ++ lib.concatMap handed (hostOffers ++ offers ownNodes);
            asked = lib.any (node: known node && node.aspect ? __hostAspects) nodes;
            # What the aspects of the host have for the homes of a user that asks for it.
            hosts = lib.optionals asked (reached (
                at // { name = "host for ${user.name}"; isHandedOn = true; context = at.context // { class = "homeManager"; }; }
              ) { } "host" given.aspect);
          in { inherit user at nodes hosts; };
        in
        {
          inherit atHost ofHost;
          users = map ofUser (lib.attrValues given.users);
        };

      modulesOf =
        given:
        let
          inherit (placesOf given) atHost ofHost users;
          all = ofHost ++ lib.concatMap (one: one.nodes) users;
          seen = lib.filter known all;
          of = class: nodes: lib.concatMap (modulesIn class) (lib.filter known nodes);
          account =
            { user, at, nodes, ... }:
            { config, ... }:
            {
              users.users.${user.userName} =
                { ... }:
                {
                  imports = map (wrapped (at // { context = at.context // { osConfig = config; }; })) (of "user" nodes);
                };
            };
          home =
            { user, nodes, hosts, ... }:
            lib.optionals (lib.elem "homeManager" user.classes) [
              {
                key = "den home-manager";
                imports = [ given.home-manager.module ];
              }
              {
                home-manager.users.${user.userName} = { ... }: { imports = of "homeManager" nodes ++ of "homeManager" hosts; };
              }
            ];
          # What is taken out again, with all that it includes, is not followed: then nothing is said of the host.
          excluded =
            lib.any (name: (kind name).excludes != [ ]) [ "host" "user" "flake" "flake-system" ]
            || lib.any (node: (node.aspect.excludes or [ ]) != [ ] || (node.aspect.meta.handleWith or null) != null) seen;
          # Flakes and platforms lead to hosts by policies.
          leads = value: !(known value) || builtins.isAttrs value && value ? __policy;
          leading = map (value: if known value then unseen.policies else value) (
            lib.concatMap (name: lib.filter leads (kind name).includes) [ "flake" "flake-system" "fleet" ]
          );
        in
        if excluded then
          [ unseen.excludes ]
        else
        of "nixos" seen
        ++ of "os" seen
        ++ map account users
        ++ lib.concatMap home users
        ++ lib.filter (node: !(known node)) (all ++ lib.concatMap (one: one.hosts) users)
        ++ leading
        ++ lib.optional (given.wsl.enable) unseen.wsl
        ++ lib.optional (den.ctx != { }) unseen.ctx
        ++ lib.optional (den.ful != { }) unseen.ful;

      # Before, aspects were placed otherwise.
      plain =
        depth: class: value:
        if depth == 0 || !(builtins.isAttrs value) then
          [ ]
        else
          lib.optional (value ? ${class}) value.${class}
          ++ lib.concatMap (plain (depth - 1) class) (value.includes or [ ]);
      plainOf =
        given:
        plain 12 "nixos" given.aspect ++ plain 12 "os" given.aspect ++ plain 12 "nixos" den.default ++ [
          (open "den, which makes modules of aspects for hosts and users," { }).pipeline
          { _module.args.host = given; }
        ];

      systemOf =
        given:
        given.instantiate {
          modules = (if isFollowed then modulesOf given else plainOf given) ++ [
            { nixpkgs.hostPlatform = lib.mkDefault given.system; }
          ];
        };
      shown = lib.filter (
        given: given.class == "nixos" && lib.take 1 given.intoAttr == [ "nixosConfigurations" ]
      ) (map hostOf listed);
    in
    {
      # Other inputs import it as well.
      key = "den";
      # Without flake-parts it is den that declares what a flake puts out.
      imports = lib.optional (!(inputs ? flake-parts)) {
        options.flake = mkOption {
          type = types.submodule { freeformType = types.lazyAttrsOf (types.lazyAttrsOf types.raw); };
          default = { };
        };
      };
      options.den = mkOption {
        default = { };
        type = types.submoduleWith {
          modules = [
            {
              freeformType = types.lazyAttrsOf types.raw;
              options = {
                hosts = is (types.lazyAttrsOf hostsType) { };
                homes = raw;
                aspects = is (types.lazyAttrsOf aspect) { };
                ful = raw;
                # Three names for one thing.
                batteries = is (types.lazyAttrsOf aspect) { };
                provides = is (types.lazyAttrsOf aspect) { };
                _ = is (types.lazyAttrsOf aspect) { };
                default = is aspect { };
                schema = is (types.submodule { freeformType = types.lazyAttrsOf kindType; }) { };
                classes = is (types.lazyAttrsOf types.raw) { };
                quirks = is (types.lazyAttrsOf types.raw) { };
                ctx = is (types.lazyAttrsOf types.raw) { };
                policies = mkOption {
                  type = types.lazyAttrsOf types.raw;
                  default = { };
                  apply = lib.mapAttrs (_: value: if known value then { __policy = value; } else unseen.policies);
                };
              };
            }
          ];
        };
      };
      config = {
        _module.args.den = open "den" (
          {
            inherit (den) hosts aspects default;
          }
          // lib.optionalAttrs isFollowed {
            inherit (den) schema policies;
            batteries = offered;
            provides = offered;
            _ = offered;
            lib = open "den.lib" {
              perHost = builtIn.per [ "host" ];
              perUser = builtIn.per [ "host" "user" ];
              perHome = builtIn.per [ "home" ];
              policy = open "den.lib.policy" { inherit pipe; };
            };
          }
        );
        flake.nixosConfigurations = lib.listToAttrs (
          map (given: lib.nameValuePair (lib.last given.intoAttr) (systemOf given)) shown
        );
      };
    };

  # Aspects under a name of their own, which other flakes may take. Those of other flakes are not at hand.
  namespaceOf =
    name: sources:
    { config, ... }:
    let
      isOwn = lib.all builtins.isBool (lib.flatten [ sources ]);
      found = config.${name};
      all._.includes = lib.attrValues found;
    in
    {
      options.${name} = is (types.lazyAttrsOf (aspectType [ name ] (builtInClasses // config.den.classes))) { };
      config._module.args.${name} = if isOwn then all // found else open "the namespace ${name}" (all // found);
    };
in
open "den" (lib.optionalAttrs isFollowed { namespace = namespaceOf; } // {
  inherit flakeModule;
  flakeModules = open "den.flakeModules" {
    default = flakeModule;
    dendritic = flakeModule;
  };
})
