{ lib, ... }:
{
  options.services.postgresql.enable = lib.mkEnableOption "postgresql";
}
