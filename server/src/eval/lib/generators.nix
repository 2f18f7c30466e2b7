lib:
let
  inherit (builtins)
    attrNames
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    toJSON
    ;
  inherit (lib)
    concatMapStringsSep
    concatStrings
    concatStringsSep
    mapAttrsToList
    ;
in
rec {
  mkDconfKeyValue = mkKeyValueDefault { mkValueString = value: toString (lib.gvariant.mkValue value); } "=";
  toDconfINI = toINI { mkKeyValue = mkDconfKeyValue; };
  mkValueStringDefault =
    _options: value:
    if isInt value || isFloat value then
      (if isFloat value then lib.strings.floatToString value else toString value)
    else if lib.isDerivation value then
      toString value
    else if isString value then
      value
    else if value == true then
      "true"
    else if value == false then
      "false"
    else if value == null then
      "null"
    else
      throw "generators.mkValueStringDefault: ${builtins.typeOf value} not supported: ${toPretty { } value}";
  mkKeyValueDefault =
    {
      mkValueString ? mkValueStringDefault { },
    }:
    separator: name: value:
    "${lib.escape [ separator ] name}${separator}${mkValueString value}";
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    set:
    let
      line = name: value: indent + mkKeyValue name value + "\n";
      lines =
        name: value:
        if listsAsDuplicateKeys then concatStrings (map (line name) (lib.toList value)) else line name value;
    in
    concatStrings (mapAttrsToList lines set);
  toINI =
    {
      mkSectionName ? (name: lib.escape [ "[" "]" ] name),
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    concatStringsSep "\n" (
      mapAttrsToList (
        name: values: "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } values
      ) sections
    );
  toINIWithGlobalSection =
    {
      mkSectionName ? (name: lib.escape [ "[" "]" ] name),
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    {
      globalSection,
      sections ? { },
    }:
    (
      if globalSection == { } then
        ""
      else
        toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } globalSection + "\n"
    )
    + toINI { inherit mkSectionName mkKeyValue listsAsDuplicateKeys; } sections;
  toGitINI =
    set:
    let
      sectionName =
        name:
        let
          parts = lib.splitString "." name;
          sub = concatStringsSep "." (builtins.tail parts);
        in
        if builtins.length parts == 1 then name else "${builtins.head parts} \"${sub}\"";
      mkValueString =
        value:
        if isString value then
          ''"${
            builtins.replaceStrings
              [
                "\n"
                "	"
                "\""
                "\\"
              ]
              [
                "\\n"
                "\\t"
                "\\\""
                "\\\\"
              ]
              value
          }"''
        else
          mkValueStringDefault { } value;
      mkKeyValue = name: value: "\t" + mkKeyValueDefault { inherit mkValueString; } " = " name value;
      flatten =
        path: value:
        if isAttrs value && !(lib.isDerivation value) then
          lib.concatLists (mapAttrsToList (name: flatten ([ name ] ++ path)) value)
        else if builtins.length path > 1 then
          [
            (lib.nameValuePair (concatStringsSep "." (lib.reverseList (builtins.tail path))) {
              ${builtins.head path} = value;
            })
          ]
        else
          [ { name = builtins.head path; value = value; } ];
      merged = lib.zipAttrsWith (_: lib.foldl' lib.recursiveUpdate { }) (
        map (entry: { ${entry.name} = entry.value; }) (flatten [ ] set)
      );
    in
    toINI {
      listsAsDuplicateKeys = true;
      mkSectionName = sectionName;
      inherit mkKeyValue;
    } merged;
  toJSON = _options: builtins.toJSON;
  toYAML = toJSON;
  toPretty =
    {
      multiline ? true,
      allowPrettyValues ? false,
      indent ? "",
    }:
    let
      go =
        indent: value:
        let
          break = if multiline then "\n${indent}  " else " ";
          close = if multiline then "\n${indent}" else " ";
          inner = go (indent + "  ");
        in
        if isInt value then
          toString value
        else if isFloat value then
          builtins.toJSON value
        else if isString value then
          prettyString break close value
        else if value == true then
          "true"
        else if value == false then
          "false"
        else if value == null then
          "null"
        else if isPath value then
          toString value
        else if isList value then
          (if value == [ ] then "[ ]" else "[" + break + concatMapStringsSep break inner value + close + "]")
        else if builtins.isFunction value then
          prettyFunction value
        else if value ? __pretty && value ? val && allowPrettyValues then
          value.__pretty value.val
        else if value == { } then
          "{ }"
        else if lib.isDerivation value then
          "<derivation ${value.name or "???"}>"
        else
          "{"
          + break
          + concatStringsSep break (
            mapAttrsToList (name: item: "${lib.strings.escapeNixIdentifier name} = ${inner item};") value
          )
          + close
          + "}";
      prettyString =
        break: close: text:
        let
          lines = lib.splitString "\n" text;
          escaped = map (builtins.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ]) lines;
        in
        if builtins.length lines > 1 then
          "''" + break + concatStringsSep break (lib.init escaped) + (if lib.last escaped == "" then close else break + lib.last escaped) + "''"
        else
          "\"" + lib.escape [ "\\" "\"" "\${" ] text + "\"";
      prettyFunction =
        f:
        let
          args = lib.functionArgs f;
          shown = concatStringsSep ", " (map (name: if args.${name} then "${name}?" else name) (attrNames args));
        in
        if args == { } then "<function>" else "<function, args: {${shown}}>";
    in
    go indent;
  toLua =
    {
      multiline ? true,
      indent ? "",
      asBindings ? false,
    }@args:
    value:
    let
      inner = indent + "  ";
      plain = args // {
        asBindings = false;
      };
      write = toLua (plain // { indent = inner; });
      between = if multiline then "\n${inner}" else " ";
      close = if multiline then "\n${indent}" else " ";
      table =
        entries: if entries == [ ] then "{}" else "{${between}${concatStringsSep ",${between}" entries}${close}}";
      isName = name: builtins.match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;
      binding =
        name: bound:
        if isName name then
          "${indent}${name} = ${toLua plain bound}\n"
        else
          throw "generators.toLua: `${name}` is no name of Lua";
    in
    if asBindings then
      concatStrings (mapAttrsToList binding value)
    else if value == null then
      "nil"
    else if isInt value || isFloat value || isString value || isBool value then
      builtins.toJSON value
    else if isPath value || lib.isDerivation value then
      builtins.toJSON "${value}"
    else if isList value then
      table (map write value)
    else if isAttrs value then
      (
        if value._type or null == "lua-inline" then
          "(${value.expr})"
        else
          table (mapAttrsToList (name: inside: "[${builtins.toJSON name}] = ${write inside}") value)
      )
    else
      throw "generators.toLua: ${builtins.typeOf value} is not supported";
  toPlist =
    {
      escape ? false,
    }:
    root:
    let
      text = if escape then lib.escapeXML else lib.id;
      one =
        indent: tag: content:
        "${indent}<${tag}>${content}</${tag}>";
      block =
        indent: tag: lines:
        concatStringsSep "\n" [
          "${indent}<${tag}>"
          (concatStringsSep "\n" lines)
          "${indent}</${tag}>"
        ];
      entry = indent: name: inside: [
        (one indent "key" (text name))
        (write indent inside)
      ];
      write =
        indent: value:
        let
          below = "\t${indent}";
        in
        if value == null then
          ""
        else if isBool value then
          "${indent}<${if value then "true" else "false"}/>"
        else if isInt value then
          one indent "integer" (toString value)
        else if isFloat value then
          one indent "real" (toString value)
        else if isString value || isPath value then
          one indent "string" (text (toString value))
        else if isList value then
          block indent "array" (map (write below) value)
        else if isAttrs value then
          block indent "dict" (
            lib.concatLists (mapAttrsToList (entry below) (lib.filterAttrs (_: inside: inside != null) value))
          )
        else
          throw "generators.toPlist: ${builtins.typeOf value} is not supported";
    in
    concatStringsSep "\n" [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">"
      "<plist version=\"1.0\">"
      (write "" root)
      "</plist>"
    ];
  toDhall =
    args: value:
    if isAttrs value && !lib.isDerivation value then
      "{ ${concatStringsSep ", " (mapAttrsToList (name: inside: "${name} = ${toDhall args inside}") value)} }"
    else if isList value then
      "[ ${concatMapStringsSep ", " (toDhall args) value} ]"
    else if isInt value then
      "${if value >= 0 then "+" else ""}${toString value}"
    else if isBool value then
      (if value then "True" else "False")
    else if value == null || builtins.isFunction value then
      throw "generators.toDhall: ${builtins.typeOf value} is not supported"
    else
      builtins.toJSON value;
  mkLuaInline = expr: {
    _type = "lua-inline";
    inherit expr;
  };
}
