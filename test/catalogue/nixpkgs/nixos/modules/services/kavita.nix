# Another mode, another default and another file than the catalogue says.
{ config, lib, ... }:
let
  cfg = config.services.kavita;
in
{
  options.services.kavita = {
    enable = lib.mkEnableOption "kavita";
    dataDir = lib.mkOption {
      type = lib.types.str;
      default = "/var/lib/kavita/data";
    };
  };
  config = lib.mkIf cfg.enable {
    systemd.services.kavita.serviceConfig.User = "kavita";
    systemd.tmpfiles.rules = [
      "d '/var/lib/kavita' 0700 kavita kavita - -"
      "d '/run/kavita' 0700 kavita kavita - -"
    ];
  };
}
