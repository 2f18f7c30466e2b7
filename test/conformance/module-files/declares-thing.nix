{ lib, ... }:
{
  options.thing = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
  };
}
