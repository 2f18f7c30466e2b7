# What a NixOS host has on disk, from a nixpkgs checkout, as JSON for scripts/catalogue.mjs.
#
# `switch` is the option path to set, as a list of names, and `value` what to set it to; with `switch = null` it is the
# host without the service. Only names and texts are read, so that no package is built; every leaf is evaluated on its
# own, since a module may throw where an option that it requires is missing.
{
  nixpkgs,
  switch ? null,
  value ? true,
  stateVersion,
  watched ? [ ],
  options ? [ ],
  guarded ? true,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    deepSeq
    elemAt
    filter
    foldl'
    hasAttr
    isAttrs
    isBool
    isInt
    isList
    isString
    length
    listToAttrs
    tryEval
    ;

  setAt = path: leaf: foldl' (inner: name: { ${name} = inner; }) leaf (reverse path);
  reverse =
    list: map (index: elemAt list (length list - 1 - index)) (builtins.genList (index: index) (length list));

  system = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = "x86_64-linux";
    modules = [
      {
        boot.loader.grub.device = "nodev";
        fileSystems."/" = {
          device = "/dev/disk/by-label/root";
          fsType = "ext4";
        };
        nixpkgs.config = {
          allowUnfree = true;
          allowBroken = true;
        };
        system = { inherit stateVersion; };
      }
      (if switch == null then { } else setAt switch value)
    ];
  };
  inherit (system) config;

  # A value, or null where evaluating it throws; with `guarded = false` the error comes out, to be shown.
  orNull =
    leaf:
    let
      result = tryEval (deepSeq leaf leaf);
    in
    if !guarded then
      deepSeq leaf leaf
    else if result.success then
      result.value
    else
      null;
  getOr =
    name: set: if isAttrs set && hasAttr name set then orNull set.${name} else null;

  directories =
    serviceConfig:
    listToAttrs (
      concatMap
        (
          name:
          let
            found = getOr name serviceConfig;
          in
          if found == null then [ ] else [ { inherit name; value = found; } ]
        )
        [
          "StateDirectory"
          "StateDirectoryMode"
          "CacheDirectory"
          "CacheDirectoryMode"
          "LogsDirectory"
          "LogsDirectoryMode"
          "DynamicUser"
          "User"
          "Group"
        ]
    );

  units = builtins.mapAttrs (_: unit: directories (unit.serviceConfig or { })) config.systemd.services;

  tmpfiles = config.systemd.tmpfiles or { };
  rules = orNull (tmpfiles.rules or [ ]);
  # `settings.<file>.<path>.<type> = { user; group; mode; }`, as newer modules write them.
  settings = concatMap (
    file:
    concatMap (
      path:
      let
        types = tmpfiles.settings.${file}.${path};
      in
      map (type: {
        inherit path type;
        user = getOr "user" types.${type};
        group = getOr "group" types.${type};
        mode = getOr "mode" types.${type};
      }) (attrNames types)
    ) (attrNames tmpfiles.settings.${file})
  ) (attrNames (tmpfiles.settings or { }));

  homes = builtins.mapAttrs (_: user: {
    home = getOr "home" user;
    createHome = getOr "createHome" user;
    group = getOr "group" user;
  }) config.users.users;

  lookUp = path: foldl' (set: name: if isAttrs set && hasAttr name set then set.${name} else null) config path;
  isPlain = found: isString found || isBool found || isInt found;
  plain =
    found:
    if isPlain found then
      found
    else if isList found && builtins.all isPlain found then
      found
    else
      null;
in
{
  units = orNull units;
  tmpfiles = (if rules == null then [ ] else rules);
  settings = (
    let
      found = orNull settings;
    in
    if found == null then [ ] else found
  );
  homes = orNull homes;
  # Which of the watched services are on, and which instances there are.
  on = filter (path: orNull (lookUp path) == true) watched;
  redis =
    let
      servers = orNull (lookUp [ "services" "redis" "servers" ]);
    in
    if isAttrs servers then attrNames servers else [ ];
  options = map (path: plain (orNull (lookUp path))) options;
}
