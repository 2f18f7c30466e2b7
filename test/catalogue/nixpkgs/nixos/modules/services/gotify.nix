# As the catalogue says.
{ config, lib, ... }:
let
  cfg = config.services.gotify;
in
{
  options.services.gotify = {
    enable = lib.mkEnableOption "gotify";
    stateDirectoryName = lib.mkOption {
      type = lib.types.str;
      default = "gotify-server";
    };
  };
  config = lib.mkIf cfg.enable {
    systemd.services.gotify-server.serviceConfig = {
      DynamicUser = true;
      StateDirectory = cfg.stateDirectoryName;
    };
  };
}
