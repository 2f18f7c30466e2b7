lib:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    genList
    isAttrs
    isString
    length
    match
    replaceStrings
    split
    stringLength
    substring
    ;
  lower = "abcdefghijklmnopqrstuvwxyz";
  upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
in
rec {
  inherit (builtins)
    compareVersions
    concatStringsSep
    elem
    elemAt
    filter
    fromJSON
    head
    isAttrs
    isInt
    isList
    isPath
    isString
    match
    parseDrvName
    readFile
    replaceStrings
    split
    storeDir
    stringLength
    substring
    tail
    toJSON
    typeOf
    unsafeDiscardStringContext
    splitVersion
    ;

  concatStrings = concatStringsSep "";
  join = concatStringsSep;
  concatMapStrings = f: list: concatStrings (map f list);
  concatImapStrings = f: list: concatStrings (lib.imap1 f list);
  concatMapStringsSep = separator: f: list: concatStringsSep separator (map f list);
  concatImapStringsSep = separator: f: list: concatStringsSep separator (lib.imap1 f list);
  concatMapAttrsStringSep = separator: f: set: concatStringsSep separator (lib.mapAttrsToList f set);
  concatLines = concatMapStrings (line: line + "\n");
  intersperse =
    separator: list:
    if list == [ ] || length list == 1 then
      list
    else
      builtins.tail (
        lib.concatMap (x: [
          separator
          x
        ]) list
      );
  replicate = n: text: concatStrings (genList (_: text) n);
  optionalString = condition: text: if condition then text else "";

  stringToCharacters = text: genList (n: substring n 1 text) (stringLength text);
  stringAsChars = f: text: concatStrings (map f (stringToCharacters text));
  lowerChars = stringToCharacters lower;
  upperChars = stringToCharacters upper;
  toLower = replaceStrings upperChars lowerChars;
  toUpper = replaceStrings lowerChars upperChars;
  toSentenceCase =
    text:
    if text == "" then
      ""
    else
      toUpper (substring 0 1 text) + toLower (substring 1 (stringLength text) text);
  toCamelCase =
    text:
    let
      words = builtins.filter (word: isString word && word != "") (split "[^[:alnum:]]+|_" text);
      capital = word: toUpper (substring 0 1 word) + substring 1 (-1) word;
    in
    if words == [ ] then
      ""
    else
      let
        whole = builtins.head words + concatMapStrings capital (builtins.tail words);
      in
      toLower (substring 0 1 whole) + substring 1 (-1) whole;
  replaceString = from: to: replaceStrings [ from ] [ to ];

  trim = trimWith {
    start = true;
    end = true;
  };
  trimWith =
    {
      start ? false,
      end ? false,
    }:
    text:
    let
      blank = " \t\r\n";
      body = ".*[^${blank}]";
      pattern =
        if start && end then
          "[${blank}]*(${body})[${blank}]*"
        else if start then
          "[${blank}]*([^${blank}].*)"
        else
          "(${body})[${blank}]*";
      found = match pattern text;
    in
    if !(start || end) then
      text
    else if found == null then
      ""
    else
      elemAt found 0;

  hasPrefix = start: text: substring 0 (stringLength start) text == start;
  hasSuffix =
    end: text:
    let
      room = stringLength text - stringLength end;
    in
    room >= 0 && substring room (-1) text == end;
  hasInfix = part: text: match ".*${escapeRegex part}.*" "${text}" != null;
  removePrefix =
    start: text: if hasPrefix start text then substring (stringLength start) (-1) text else text;
  removeSuffix =
    end: text:
    if hasSuffix end text then substring 0 (stringLength text - stringLength end) text else text;
  splitString =
    separator: text:
    if separator == "" then
      [ "" ] ++ stringToCharacters text ++ [ "" ]
    else
      builtins.filter isString (split (escapeRegex (toString separator)) (toString text));
  splitStringBy =
    test: keep: text:
    let
      count = stringLength text;
      at = n: substring n 1 text;
      # `start` is where the current piece begins.
      go =
        start: n: previous:
        if n == count then
          [ (substring start (-1) text) ]
        else if test previous (at n) then
          [ (substring start (n - start) text) ] ++ go (if keep then n else n + 1) (n + 1) (at n)
        else
          go start (n + 1) (at n);
    in
    if text == "" then [ "" ] else go 0 0 "";
  commonPrefixLength =
    a: b:
    let
      most = lib.min (stringLength a) (stringLength b);
      go = n: if n < most && substring n 1 a == substring n 1 b then go (n + 1) else n;
    in
    go 0;
  commonSuffixLength =
    a: b:
    let
      most = lib.min (stringLength a) (stringLength b);
      last = n: text: substring (stringLength text - n - 1) 1 text;
      go = n: if n < most && last n a == last n b then go (n + 1) else n;
    in
    go 0;

  escape = characters: replaceStrings characters (map (c: "\\${c}") characters);
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if match "[[:alnum:],._+:@%/-]+" text == null then "'${replaceStrings [ "'" ] [ "'\\''" ] text}'" else text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  escapeNixString = text: escape [ "$" ] (builtins.toJSON text);
  escapeNixIdentifier =
    text:
    let
      keywords = [
        "assert"
        "else"
        "if"
        "in"
        "inherit"
        "let"
        "or"
        "rec"
        "then"
        "with"
      ];
      plain = match "[a-zA-Z_][a-zA-Z0-9_'-]*" text != null;
    in
    if plain && !(builtins.elem text keywords) then text else escapeNixString text;
  escapeXML =
    replaceStrings
      [
        "\""
        "'"
        "<"
        ">"
        "&"
      ]
      [
        "&quot;"
        "&apos;"
        "&lt;"
        "&gt;"
        "&amp;"
      ];
  isValidPosixName = name: match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;
  toShellVar =
    name: value:
    if !isValidPosixName name then
      throw "toShellVar: ${name} is not a valid shell variable name"
    else if isAttrs value && !isStringLike value then
      "declare -A ${name}=(${
        concatStringsSep " " (lib.mapAttrsToList (key: item: "[${escapeShellArg key}]=${escapeShellArg item}") value)
      })"
    else if builtins.isList value then
      "declare -a ${name}=(${escapeShellArgs value})"
    else
      "${name}=${escapeShellArg value}";
  toShellVars = vars: concatStringsSep "\n" (lib.mapAttrsToList toShellVar vars);

  isStringLike = x: isString x || builtins.isPath x || x ? outPath || x ? __toString;
  isConvertibleWithToString =
    x:
    isStringLike x
    || builtins.elem (builtins.typeOf x) [
      "null"
      "int"
      "float"
      "bool"
    ]
    || (builtins.isList x && builtins.all isConvertibleWithToString x);
  isStorePath =
    x:
    isStringLike x
    && (
      let
        text = toString x;
      in
      substring 0 1 text == "/" && dirOf text == builtins.storeDir
    );

  toInt =
    text:
    let
      number = match "[[:space:]]*(-?[[:digit:]]+)[[:space:]]*" text;
      zeros = match "[[:space:]]*0[[:digit:]]+[[:space:]]*" text;
    in
    if number == null then
      throw "toInt: Could not convert ${escapeNixString text} to int."
    else if zeros != null then
      throw "toInt: Ambiguity in interpretation of ${escapeNixString text} between octal and zero padded integer."
    else
      builtins.fromJSON (elemAt number 0);
  toIntBase10 =
    text:
    let
      number = match "[[:space:]]*0*(-?[[:digit:]]+)[[:space:]]*" text;
    in
    if number == null then
      throw "toIntBase10: Could not convert ${escapeNixString text} to int."
    else
      builtins.fromJSON (elemAt number 0);
  fixedWidthString =
    width: filler: text:
    let
      missing = width - stringLength text;
      fill = replicate missing filler;
    in
    if missing < 0 then
      throw "fixedWidthString: requested string length (${toString width}) must not be shorter than actual length (${toString (stringLength text)})"
    else
      fill + text;
  fixedWidthNumber = width: number: fixedWidthString width "0" (toString number);
  floatToString = toString;

  makeSearchPath =
    directory: paths: concatMapStringsSep ":" (path: path + "/" + directory) (builtins.filter (x: x != null) paths);
  makeSearchPathOutput =
    output: directory: packages:
    makeSearchPath directory (map (lib.getOutput output) packages);
  makeLibraryPath =
    packages: makeSearchPath "lib" (map lib.getLib packages);
  makeIncludePath = packages: makeSearchPath "include" (map lib.getInclude packages);
  makeBinPath = packages: makeSearchPath "bin" (map lib.getBin packages);
  # Runs of slashes become one.
  normalizePath =
    text:
    let
      parts = splitString "/" text;
      inner = builtins.filter (part: part != "") parts;
      start = lib.optional (builtins.head parts == "") "";
      end = lib.optional (lib.last parts == "") "";
    in
    if length parts == 1 then
      text
    else if inner == [ ] then
      "/"
    else
      concatStringsSep "/" (start ++ inner ++ end);

  getName =
    package:
    if isString package then
      (builtins.parseDrvName package).name
    else
      package.pname or (builtins.parseDrvName package.name).name;
  getVersion =
    package:
    if isString package then
      (builtins.parseDrvName package).version
    else
      package.version or (builtins.parseDrvName package.name).version;
  nameFromURL =
    url: separator:
    let
      file = lib.last (splitString "/" url);
      name = builtins.head (splitString separator file);
    in
    if name != file then name else throw "nameFromURL: '${file}' has no '${separator}'";
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;

  enableFeature = flag: feature: "--${if flag then "enable" else "disable"}-${feature}";
  enableFeatureAs = flag: feature: value: enableFeature flag feature + optionalString flag "=${value}";
  withFeature = flag: feature: "--${if flag then "with" else "without"}-${feature}";
  withFeatureAs = flag: feature: value: withFeature flag feature + optionalString flag "=${value}";

  fileContents = file: removeSuffix "\n" (builtins.readFile file);
  sanitizeDerivationName =
    name:
    let
      text = toString name;
      noDots = elemAt (match "\\.*(.*)" text) 0;
      pieces = map (piece: if builtins.isList piece then "-" else piece) (split "[^[:alnum:]+._?=-]+" noDots);
      clean = concatStrings pieces;
      cut = substring (lib.max (stringLength clean - 207) 0) (-1) clean;
    in
    if stringLength text <= 207 && match "[[:alnum:]+_?=-][[:alnum:]+._?=-]*" text != null then
      text
    else if cut == "" then
      "unknown"
    else
      cut;

  # `-D` options of build tools.
  cmakeOptionType =
    type: name: value:
    "-D${name}:${lib.toUpper type}=${value}";
  cmakeBool = name: value: cmakeOptionType "bool" name (lib.toUpper (lib.boolToString value));
  cmakeFeature = cmakeOptionType "string";
  mesonOption = name: value: "-D${name}=${value}";
  mesonBool = name: value: mesonOption name (lib.boolToString value);
  mesonEnable = name: value: mesonOption name (if value then "enabled" else "disabled");

  inherit
    (
      let
        # Nix has no function from a character to its code: JSON has the other direction.
        two = lib.fixedWidthString 2 "0";
        codes = builtins.listToAttrs (
          builtins.genList (
            n: lib.nameValuePair (builtins.fromJSON "\"\\u00${two (lib.toHexString (n + 1))}\"") (n + 1)
          ) 127
        );
        isPlain = character: builtins.match "[A-Za-z0-9_.~-]" character != null;
        special = builtins.filter (character: !isPlain character) (builtins.attrNames codes);
      in
      {
        charToInt = character: codes.${character};
        escapeC =
          characters:
          builtins.replaceStrings characters (
            map (character: "\\x${lib.toLower (two (lib.toHexString codes.${character}))}") characters
          );
        escapeURL = builtins.replaceStrings special (map (character: "%${two (lib.toHexString codes.${character})}") special);
      }
    )
    charToInt
    escapeC
    escapeURL
    ;
}
