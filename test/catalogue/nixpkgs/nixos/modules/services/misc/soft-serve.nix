# Cannot be evaluated: it needs a package. Read alone, it says what it keeps.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  stateDir = "/var/lib/soft-serve";
in
{
  options.services.soft-serve = {
    enable = lib.mkEnableOption "soft-serve";
    package = lib.mkOption { default = pkgs.soft-serve; };
  };
  config = lib.mkIf config.services.soft-serve.enable {
    systemd.services."${pkgs.soft-serve.pname}-check".serviceConfig.Type = "oneshot";
    systemd.services.soft-serve.serviceConfig = {
      DynamicUser = true;
      StateDirectory = [
        "soft-serve"
        "soft-serve-keys"
      ];
      WorkingDirectory = stateDir;
    };
  };
}
