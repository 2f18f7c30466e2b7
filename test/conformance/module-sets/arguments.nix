# specialArgs, _module.args, and arguments that modules name.
{ lib }:
{
  specialArgs = { host = "vps"; };
  modules = [
    ../module-files/declares-thing.nix
    ../module-files/uses-arguments.nix
    { _module.args.extra = "more"; }
    ({ extra, ... }: { thing = [ extra ]; })
    (args@{ host, ... }: { thing = [ args.host ]; })
    { options.flag = lib.mkOption { type = lib.types.bool; default = false; }; config.flag = true; }
  ];
  read = config: config.thing;
}
