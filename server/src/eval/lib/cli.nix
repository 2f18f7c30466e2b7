lib:
rec {
  toGNUCommandLineShell = options: attrs: lib.escapeShellArgs (toGNUCommandLine options attrs);
  # Each option by a format: `{ option, sep, explicitBool, formatArg }` of its name.
  toCommandLine =
    formatOf: attrs:
    let
      show =
        name: value:
        let
          format = formatOf name;
          written = (format.formatArg or (lib.generators.mkValueStringDefault { })) value;
        in
        if value == null || (!format.explicitBool && value == false) then
          [ ]
        else if !format.explicitBool && value == true then
          [ format.option ]
        else if format.sep == null then
          [
            format.option
            written
          ]
        else
          [ "${format.option}${format.sep}${written}" ];
    in
    builtins.concatLists (
      lib.mapAttrsToList (
        name: value:
        if name == "" then throw "cli.toCommandLine: an option has no name" else lib.concatMap (show name) (lib.toList value)
      ) attrs
    );
  toCommandLineGNU =
    {
      isLong ? (name: builtins.stringLength name > 1),
      explicitBool ? false,
      formatArg ? lib.generators.mkValueStringDefault { },
    }:
    toCommandLine (name: {
      option = if isLong name then "--${name}" else "-${name}";
      sep = if isLong name then "=" else "";
      inherit explicitBool formatArg;
    });
  toCommandLineShell = formatOf: attrs: lib.escapeShellArgs (toCommandLine formatOf attrs);
  toCommandLineShellGNU = options: attrs: lib.escapeShellArgs (toCommandLineGNU options attrs);
  toGNUCommandLine =
    {
      mkOptionName ? (name: if builtins.stringLength name == 1 then "-${name}" else "--${name}"),
      mkBool ? (name: value: lib.optional value (mkOptionName name)),
      mkList ? (name: values: lib.concatMap (mkOption name) values),
      mkOption ? (
        name: value:
        if value == null then
          [ ]
        else if optionValueSeparator == null then
          [
            (mkOptionName name)
            (lib.generators.mkValueStringDefault { } value)
          ]
        else
          [ "${mkOptionName name}${optionValueSeparator}${lib.generators.mkValueStringDefault { } value}" ]
      ),
      optionValueSeparator ? null,
    }:
    attrs:
    builtins.concatLists (
      lib.mapAttrsToList (
        name: value:
        if builtins.isBool value then
          mkBool name value
        else if builtins.isList value then
          mkList name value
        else
          mkOption name value
      ) attrs
    );
}
