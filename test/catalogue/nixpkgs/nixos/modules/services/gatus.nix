# Has moved its state.
{ config, lib, ... }:
{
  options.services.gatus.enable = lib.mkEnableOption "gatus";
  config = lib.mkIf config.services.gatus.enable {
    systemd.services.gatus.serviceConfig = {
      DynamicUser = true;
      StateDirectory = "gatus-2";
    };
  };
}
