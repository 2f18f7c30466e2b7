{
  config,
  lib,
  host,
  extra,
  ...
}:
{
  thing = [ "${host}-${extra}" ] ++ lib.optional (config.flag or false) "flag";
}
