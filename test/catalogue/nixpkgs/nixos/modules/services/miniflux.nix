# Keeps a directory that the catalogue does not know, and brings a database along as it says.
{ config, lib, ... }:
{
  options.services.miniflux.enable = lib.mkEnableOption "miniflux";
  config = lib.mkIf config.services.miniflux.enable {
    services.postgresql.enable = true;
    systemd.services.miniflux.serviceConfig = {
      User = "miniflux";
      CacheDirectory = [ "miniflux" ];
      CacheDirectoryMode = "750";
    };
  };
}
