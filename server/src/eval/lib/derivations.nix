lib:
{
  optionalDrvAttr = condition: value: if condition then value else null;
  warnOnInstantiate = message: package: lib.warn message package;
}
