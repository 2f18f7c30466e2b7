# What services of clan's inventory put on a machine: the modules that their roles are given (`extraModules`), and those
# that a service of the workspace makes for an instance of it (`perInstance`) and for a machine that has one (`perMachine`).
# Services of other flakes are modules of an input like all others.
{
  lib,
  open,
  known,
  official,
}:
let
  inherit (lib) mkOption types;
  is =
    type: default:
    mkOption {
      inherit type default;
    };
  free = types.lazyAttrsOf types.raw;
  unseen = open "the inventory of clan, which gives machines modules," { };

  settings = is types.deferredModule { };
  members = types.lazyAttrsOf (types.submodule { options = { inherit settings; }; });
  role = types.submodule {
    freeformType = free;
    options = {
      inherit settings;
      machines = is members { };
      tags = is (types.coercedTo (types.listOf types.str) (names: lib.genAttrs names (_: { })) members) { };
      extraModules = is (types.listOf types.raw) [ ];
    };
  };
  instance =
    { name, ... }:
    {
      freeformType = free;
      options = {
        module = is (types.submodule {
          freeformType = free;
          options.name = is types.str name;
          options.input = is (types.nullOr types.str) null;
        }) { };
        roles = is (types.lazyAttrsOf role) { };
      };
    };
  # The inventory, as it is written in all places together.
  inventory = types.submodule {
    freeformType = free;
    options = {
      machines = is (types.lazyAttrsOf (types.submodule {
        freeformType = free;
        options.tags = is (types.listOf types.str) [ ];
        options.machineClass = is types.str "nixos";
      })) { };
      tags = is types.deferredModule { };
      instances = is (types.lazyAttrsOf (types.submodule instance)) { };
      # Of older releases.
      modules = is free { };
      services = is free { };
    };
  };

  service = {
    freeformType = free;
    options = {
      manifest = is (types.submodule { freeformType = free; }) { };
      roles = is (types.lazyAttrsOf (types.submodule {
        freeformType = free;
        options.interface = is types.deferredModule { };
        options.perInstance = is types.deferredModule { };
      })) { };
      perMachine = is types.deferredModule { };
    };
  };
  made = {
    freeformType = free;
    options.nixosModule = is types.deferredModule { };
  };

  # What is not one of these would have to be read, too.
  hasMore = set: names: removeAttrs set ([ "_module" ] ++ names) != { };
  isWhole =
    one:
    !(hasMore one [ "module" "roles" ])
    && !(hasMore one.module [ "name" "input" ])
    && lib.all (role: !(hasMore role [ "settings" "machines" "tags" "extraModules" ])) (lib.attrValues one.roles);

  # `config`: the options of clan; `names`: all machines; gives the modules of one machine.
  modulesFor =
    { config, inputs, names }:
    let
      inherit (config.inventory) machines instances;
      classOf = name: machines.${name}.machineClass or "nixos";
      computed =
        (lib.evalModules {
          specialArgs = { inherit machines; };
          modules = [
            {
              freeformType = types.lazyAttrsOf (types.listOf types.str);
              config = {
                all = lib.mkDefault names;
                nixos = lib.mkDefault (lib.filter (name: classOf name == "nixos") names);
                darwin = lib.mkDefault (lib.filter (name: classOf name == "darwin") names);
              };
            }
            config.inventory.tags
          ];
        }).config;
      hasTag = name: tag: lib.elem tag (machines.${name}.tags or [ ]) || lib.elem name (computed.${tag} or [ ]);
      tagsIn = role: name: lib.filter (hasTag name) (lib.attrNames role.tags);
      isMember = role: name: role.machines ? ${name} || tagsIn role name != [ ];

      moduleOf =
        { name, input }:
        if input == null then
          official.${name}
        else if input == "self" then
          config.modules.${name} or config.inventory.modules.${name} or unseen.${name}
        else
          inputs.${input}.clan.modules.${name};
      # Several instances of one service are one to the machine.
      grouped = lib.groupBy (
        id: "${toString instances.${id}.module.input} ${instances.${id}.module.name}"
      ) (lib.attrNames instances);

      extra =
        module: if builtins.isString module then config.directory + "/${module}" else module;
      extraOf =
        name: id:
        lib.concatMap (role: lib.optionals (isMember role name) (map extra role.extraModules)) (
          lib.attrValues instances.${id}.roles
        );

      # The modules that a service which can be read makes for a machine.
      read =
        name: ids: module:
        let
          given = {
            inherit (config) meta directory;
            clanLib = open "clanLib" { };
            exports = open "exports" { };
            mkExports = _: { };
          };
          definition =
            (lib.evalModules {
              specialArgs = given;
              modules = [
                service
                module
              ];
            }).config;
          # With what roles, machines and tags say.
          settingsOf =
            id: roleName: machine:
            let
              role = instances.${id}.roles.${roleName};
            in
            lib.evalModules {
              specialArgs = { inherit (config) meta; };
              modules = [
                definition.roles.${roleName}.interface
                role.settings
              ]
              ++ lib.optionals (machine != null) (
                lib.optional (role.machines ? ${machine}) role.machines.${machine}.settings
                ++ map (tag: role.tags.${tag}.settings) (tagsIn role machine)
              );
            };
          rolesOf =
            id:
            lib.mapAttrs (roleName: role: {
              settings = (settingsOf id roleName null).config;
              machines = lib.genAttrs (lib.filter (isMember role) names) (machine: {
                settings = (settingsOf id roleName machine).config;
              });
            }) instances.${id}.roles;
          ownRoles = id: lib.filter (roleName: isMember instances.${id}.roles.${roleName} name) (lib.attrNames instances.${id}.roles);
          perInstance =
            id: roleName:
            (lib.evalModules {
              specialArgs = given // {
                instanceName = id;
                machine = {
                  inherit name;
                  roles = ownRoles id;
                };
                roles = rolesOf id;
                settings = (settingsOf id roleName name).config;
                extendSettings = more: ((settingsOf id roleName name).extendModules { modules = lib.toList more; }).config;
              };
              modules = [
                made
                definition.roles.${roleName}.perInstance
              ];
            }).config.nixosModule;
          perMachine =
            (lib.evalModules {
              specialArgs = given // {
                machine = {
                  inherit name;
                  roles = lib.unique (lib.concatMap ownRoles ids);
                };
                instances = lib.genAttrs ids (id: { roles = rolesOf id; });
              };
              modules = [
                made
                definition.perMachine
              ];
            }).config.nixosModule;
        in
        [ perMachine ] ++ lib.concatMap (id: map (perInstance id) (ownRoles id)) ids;
    in
    name:
    lib.concatMap (
      all:
      let
        ids = lib.filter (id: lib.any (role: isMember role name) (lib.attrValues instances.${id}.roles)) all;
        module = moduleOf { inherit (instances.${builtins.head ids}.module) name input; };
      in
      lib.optionals (ids != [ ]) (
        lib.optional (!(lib.all (id: isWhole instances.${id}) ids)) unseen.instances
        ++ (if known module then read name ids module else [ module ])
        ++ lib.concatMap (extraOf name) ids
      )
    ) (lib.attrValues grouped)
    ++ lib.optional (config.inventory.services != { }) unseen.services;
in
{
  inherit inventory modulesFor;
}
