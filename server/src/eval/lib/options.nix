lib:
rec {
  isOption = lib.isType "option";
  mkOption =
    {
      default ? null,
      defaultText ? null,
      example ? null,
      description ? null,
      relatedPackages ? null,
      type ? null,
      apply ? null,
      internal ? null,
      visible ? null,
      readOnly ? null,
    }@attrs:
    attrs // { _type = "option"; };
  mkEnableOption =
    name:
    mkOption {
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
      type = lib.types.bool;
    };
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = value: if builtins.isList value then value else [ value ];
      names = path name;
      defaultPath = path default;
      shown = value: lib.concatStringsSep "." ([ pkgsText ] ++ map lib.strings.escapeNixIdentifier (path value));
      value = lib.attrByPath defaultPath (throw "${shown default} cannot be found in ${pkgsText}") pkgs;
    in
    mkOption (
      {
        type = (if nullable then lib.types.nullOr else lib.id) lib.types.package;
        description =
          "The ${lib.last names} package to use." + (if extraDescription == "" then "" else " ${extraDescription}");
      }
      // (if default == null then { default = null; } else {
        default = value;
        defaultText = literalExpression (shown default);
      })
      // (if example == null then { } else {
        example = literalExpression (if builtins.isList example then shown example else example);
      })
    );
  mkSinkUndeclaredOptions =
    attrs:
    mkOption (
      {
        internal = true;
        visible = false;
        default = false;
        description = "Sink for option definitions.";
        type = lib.mkOptionType {
          name = "sink";
          check = _: true;
          merge = _: _: false;
        };
        apply = _: throw "Option value is not readable because the option is not declared.";
      }
      // attrs
    );
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };
  mdDoc = text: text;
  literalCode = lib.literalExpression;
  mergeOneOption = mergeUniqueOption { message = ""; };
  # One definition, for types that are made by hand.
  mergeUniqueOption =
    {
      message,
      merge ? null,
    }:
    path: definitions:
    if builtins.length definitions != 1 then
      throw "`${showOption path}' is defined more than once. ${message}"
    else if merge == null then
      (builtins.head definitions).value
    else
      merge path definitions;
  mergeEqualOption =
    path: definitions:
    let
      first = (builtins.head definitions).value;
    in
    if definitions == [ ] then
      abort "`${showOption path}' has no definition"
    else if builtins.all (definition: definition.value == first) definitions then
      first
    else
      throw "`${showOption path}' has conflicting definitions";
  getValues = map (definition: definition.value);
  getFiles = map (definition: definition.file);
  showOption =
    path:
    lib.concatStringsSep "." (
      map (
        part:
        if builtins.match "[a-zA-Z_][a-zA-Z0-9_'-]*|<[a-z0-9 ]+>|\\*" part != null then
          part
        else
          lib.strings.escapeNixIdentifier part
      ) path
    );
  showFiles = files: lib.concatMapStringsSep " and " (file: "`${file}'") files;
  unknownModule = "<unknown-file>";
}
