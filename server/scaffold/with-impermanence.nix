# Persists through nix-community/impermanence, whose module has to be imported too.
{ config, lib, ... }:

let
  cfg = config.pantherOS.serverImpermanence;
in
{
  config = lib.mkIf cfg.enable {
    environment.persistence.${cfg.persistence.path} = {
      hideMounts = true;
      directories = cfg.persistence.onRoot;
      inherit (cfg.persistence) files;
    };
  };
}
