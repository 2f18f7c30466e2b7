# The wipe for an initrd without systemd. Import it on releases that still have one; later ones refuse its hook.
{ config, lib, ... }:

let
  cfg = config.pantherOS.serverImpermanence;
in
{
  config = lib.mkIf (cfg.enable && !config.boot.initrd.systemd.enable) {
    pantherOS.serverImpermanence.scriptedStage1 = true;

    # After the attempt to resume, and in a shell of its own, as an exit here would end the boot.
    boot.initrd.postResumeCommands = lib.mkAfter ''
      (
      ${cfg.script}
      )
    '';
  };
}
