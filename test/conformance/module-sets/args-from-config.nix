# _module.args may be computed from config.
{ lib }:
{
  modules = [
    { options.name = lib.mkOption { type = lib.types.str; }; options.greeting = lib.mkOption { type = lib.types.str; }; }
    ({ config, ... }: { _module.args.helper = suffix: "${config.name}-${suffix}"; })
    ({ helper, ... }: { greeting = helper "x"; })
    { name = "n"; }
  ];
  read = config: config;
}
