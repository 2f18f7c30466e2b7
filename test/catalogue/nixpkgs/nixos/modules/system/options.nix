# What every host has, as far as the modules beside it use it.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  anything = mkOption {
    type = types.attrsOf types.unspecified;
    default = { };
  };
in
{
  options = {
    boot.loader.grub.device = mkOption { type = types.str; };
    fileSystems = anything;
    nixpkgs.config = anything;
    system.stateVersion = mkOption { type = types.str; };
    systemd.services = anything;
    systemd.tmpfiles.rules = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    systemd.tmpfiles.settings = anything;
    users.users = anything;
  };
}
