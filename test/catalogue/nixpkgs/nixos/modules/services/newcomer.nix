# Not in the catalogue yet.
{ config, lib, ... }:
{
  options.services.newcomer.enable = lib.mkEnableOption "newcomer";
  config = lib.mkIf config.services.newcomer.enable {
    systemd.tmpfiles.settings.newcomer."/srv/newcomer".d = {
      user = "newcomer";
      group = "newcomer";
      mode = "0750";
    };
    users.users.newcomer = {
      home = "/var/lib/newcomer";
      createHome = true;
      group = "newcomer";
    };
  };
}
