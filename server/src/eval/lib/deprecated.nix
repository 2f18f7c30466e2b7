lib:
# Functions that nixpkgs keeps for old configurations.
rec {
  imap = lib.imap1;
  ifEnable =
    condition: value:
    if condition then
      value
    else if builtins.isList value then
      [ ]
    else if builtins.isAttrs value then
      { }
    else if value == true || value == false then
      false
    else
      null;
  nvs = name: value: { ${name} = value; };
  setAttr =
    set: name: value:
    set // nvs name value;
  setAttrMerge =
    name: default: set: f:
    setAttr set name (f (maybeAttr name default set));
  maybeAttr =
    name: default: set:
    set.${name} or default;
  maybeAttrNullable = maybeAttr;
}
