# Persists through nix-community/preservation, whose module has to be imported too. It needs systemd in the initrd.
{ config, lib, ... }:

let
  cfg = config.pantherOS.serverImpermanence;
  # The numbers of users and the machine id are read before the other mounts are there.
  isEarly =
    path:
    builtins.elem path [
      "/var/lib/nixos"
      "/etc/machine-id"
    ];
in
{
  config = lib.mkIf cfg.enable {
    preservation.enable = true;
    preservation.preserveAt.${cfg.persistence.path} = {
      directories = map (set: set // { inInitrd = isEarly set.directory; }) cfg.persistence.onRoot;
      files = map (file: {
        inherit file;
        inInitrd = isEarly file;
      }) cfg.persistence.files;
    };

    # It would write the machine id once more, over the file that is mounted there.
    systemd.suppressedSystemUnits =
      lib.mkIf (builtins.elem "/etc/machine-id" cfg.persistence.files)
        [ "systemd-machine-id-commit.service" ];
  };
}
