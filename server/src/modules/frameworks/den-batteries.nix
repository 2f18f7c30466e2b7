# Aspects that den itself offers, by what they do to a host.
{
  lib,
  inputs,
  open,
}:
let
  # Names of packages that are allowed say nothing of a host.
  nothing = _: { };

  homeOf = host: user: if lib.hasSuffix "darwin" host.system then "/Users/${user.userName}" else "/home/${user.userName}";

  define-user = {
    name = "define-user";
    includes = [
      (
        { host, user }:
        {
          name = "define-user/${user.userName}@${host.name}";
          nixos.users.users.${user.userName} = {
            name = user.userName;
            home = homeOf host user;
            isNormalUser = true;
          };
          homeManager.home = {
            username = user.userName;
            homeDirectory = homeOf host user;
          };
        }
      )
    ];
  };
  hostname = {
    name = "hostname";
    includes = [
      (
        { host, ... }:
        {
          name = "hostname/os";
          ${host.class}.networking.hostName = host.hostName;
        }
      )
    ];
  };
  primary-user =
    { user, host, ... }:
    {
      name = "primary-user(${user.userName}@${host.name})";
      nixos.users.users.${user.userName} = {
        isNormalUser = true;
        extraGroups = [
          "wheel"
          "networkmanager"
        ];
      };
    };
  user-shell = shell: {
    includes = [
      (
        { host, user }:
        {
          name = "user-shell/${user.userName}@${host.name}";
          nixos =
            { pkgs, ... }:
            {
              programs.${shell}.enable = true;
              users.users.${user.userName}.shell = pkgs.${shell};
            };
          homeManager.programs.${shell}.enable = true;
        }
      )
    ];
  };
  # A user that includes it has what the host's aspects say of homes.
  host-aspects = {
    name = "host-aspects";
    includes = [ ];
    __hostAspects = true;
  };
  tty-autologin = name: {
    name = "tty-autologin(${name})";
    nixos.systemd.services."getty@tty1".overrideStrategy = "asDropin";
  };
  mutual-provider = {
    name = "mutual-provider";
    includes = [ ];
  };

  # Folders named after classes, such as `_nixos`, with modules in them.
  import-tree =
    root:
    let
      folder = toString root;
      found = lib.optionalAttrs (builtins.pathExists folder) (builtins.readDir folder);
      folders = lib.filter (name: found.${name} == "directory" && lib.hasPrefix "_" name) (lib.attrNames found);
    in
    {
      name = "import-tree(${baseNameOf folder})";
    }
    // lib.listToAttrs (
      map (
        name: lib.nameValuePair (lib.removePrefix "_" name) { imports = [ (inputs.import-tree "${folder}/${name}") ]; }
      ) folders
    );
  importing = rec {
    __functor = _: import-tree;
    provides = lib.genAttrs [ "host" "home" "user" ] (
      kind: root: {
        __args.${kind} = false;
        __fn = given: import-tree "${toString root}/${given.${kind}.name}";
      }
    );
    _ = provides;
  };

  # What flake-parts gives for a platform, as an argument of modules: packages come from there.
  argument = name: {
    inherit name;
    nixos._module.args.${name} = open name { };
    homeManager._module.args.${name} = open name { };
  };

  batteries = {
    inputs' = argument "inputs'";
    self' = argument "self'";
    import-tree = importing // importing.provides;
    inherit
      define-user
      hostname
      primary-user
      user-shell
      host-aspects
      tty-autologin
      mutual-provider
      ;
    unfree = nothing;
    insecure = nothing;
  };
  # Functions that ask for a host or a user, as they were written once.
  per =
    names: value: {
      __args = lib.genAttrs names (_: false);
      __fn = given: if builtins.isFunction value then value (builtins.intersectAttrs (lib.genAttrs names (_: null)) given) else value;
      name = "<perCtx>";
    };
in
{ inherit batteries per; }
