# Stores with directories and files that are strings or sets, per user, collected over several modules.
{ lib }:
let
  inherit (lib) types mkOption;
  entry = pathName: defaults: types.coercedTo types.str (path: { ${pathName} = path; }) (types.submodule ({ config, ... }: {
    options = {
      ${pathName} = mkOption { type = types.str; };
      user = mkOption { type = types.str; default = defaults.user; };
      mode = mkOption { type = types.str; default = "0755"; };
      persistentStoragePath = mkOption { type = types.str; default = defaults.store; };
      full = mkOption { type = types.str; internal = true; default = "${config.persistentStoragePath}${config.${pathName}}"; };
    };
  }));
in
{
  modules = [
    {
      options.environment.persistence = mkOption {
        default = { };
        type = types.attrsOf (types.submodule ({ name, config, ... }: {
          options = {
            enable = mkOption { type = types.bool; default = true; };
            storagePath = mkOption { type = types.path; default = name; };
            hideMounts = mkOption { type = types.bool; default = false; };
            directories = mkOption { default = [ ]; type = types.listOf (entry "directory" { user = "root"; store = config.storagePath; }); };
            files = mkOption { default = [ ]; type = types.listOf (entry "file" { user = "root"; store = config.storagePath; }); };
            users = mkOption { default = { }; type = types.attrsOf (types.submodule ({ name, ... }: { options.directories = mkOption { default = [ ]; type = types.listOf (entry "directory" { user = name; store = config.storagePath; }); }; })); };
          };
        }));
      };
      options.services.db.enable = mkOption { type = types.bool; default = false; };
    }
    { environment.persistence."/persist" = { hideMounts = true; directories = [ "/var/log" { directory = "/var/lib/x"; user = "x"; mode = "0700"; } ]; files = [ "/etc/machine-id" ]; }; }
    ({ config, ... }: { environment.persistence."/persist".directories = lib.mkIf config.services.db.enable [ "/var/lib/db" ]; services.db.enable = true; })
    ({ config, ... }: { environment.persistence = lib.mkMerge [ { "/persist".users.ann.directories = map (d: "/home/ann/${d}") [ "docs" "mail" ]; } (lib.mkIf (!config.services.db.enable) { "/never".files = [ ]; }) ]; })
    { environment.persistence."/cache" = { storagePath = "/persist/cache"; directories = lib.mkForce [ "/var/cache" ]; }; }
    { environment.persistence."/cache".directories = [ "/gone" ]; }
  ];
  read = config: config.environment.persistence;
}
