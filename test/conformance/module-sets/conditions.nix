# mkIf on options of the same evaluation, also in a cycle that only laziness resolves.
{ lib }:
{
  modules = [
    ({ config, ... }: {
      options.service.enable = lib.mkEnableOption "service";
      options.service.port = lib.mkOption { type = lib.types.port; default = 80; };
      options.open = lib.mkOption { type = lib.types.listOf lib.types.port; default = [ ]; };
      options.log = lib.mkOption { type = lib.types.lines; default = ""; };
      config = lib.mkIf config.service.enable { open = [ config.service.port ]; log = "on"; };
    })
    ({ config, ... }: { open = lib.mkIf (config.service.port == 8080) [ 1 ]; log = lib.mkIf (!config.service.enable) "off"; })
    { service = { enable = true; port = 8080; }; }
    ({ config, ... }: lib.mkIf (lib.elem 1 config.open) { log = lib.mkAfter "one is open"; })
  ];
  read = config: { inherit (config) open log; };
}
