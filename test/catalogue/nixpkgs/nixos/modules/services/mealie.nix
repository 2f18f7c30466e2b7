# Keeps nothing any more, and brings a database along that the catalogue ties to an option.
{ config, lib, ... }:
{
  options.services.mealie.enable = lib.mkEnableOption "mealie";
  config = lib.mkIf config.services.mealie.enable {
    services.postgresql.enable = true;
    users.users.mealie = {
      home = "/var/empty";
      createHome = false;
    };
  };
}
