# Definitions of one option and the types that merge them: the second half of the reference for the semantics
# of the module system in `eval-modules.nix`.
{ lib, evalModules }:
let
  inherit (builtins)
    all
    concatLists
    concatMap
    concatStringsSep
    elem
    filter
    foldl'
    head
    isAttrs
    isList
    isString
    length
    mapAttrs
    sort
    zipAttrsWith
    ;
  inherit (lib) imap1 isFunction last;
  isPathLike = m: builtins.isPath m || isString m;
  kindOf = value: if isAttrs value then value._type or "" else "";
  fail = loc: text: throw "The option `${concatStringsSep "." loc}' ${text}";

  discharge =
    value:
    if kindOf value == "merge" then
      concatMap discharge value.contents
    else if kindOf value == "if" then
      (if value.condition then discharge value.content else [ ])
    else
      [ value ];

  # The definitions that count, without their properties, and the value they make.
  mergeDefinitions =
    loc: type: defs:
    let
      discharged = concatMap (
        d:
        map (value: {
          inherit (d) file;
          inherit value;
        }) (discharge d.value)
      ) defs;
      priorityOf = d: if kindOf d.value == "override" then d.value.priority else 100;
      priority = foldl' (least: d: lib.min least (priorityOf d)) 9999 discharged;
      unwrap = kind: d: if kindOf d.value == kind then d // { value = d.value.content; } else d;
      winners = map (unwrap "override") (filter (d: priorityOf d == priority) discharged);
      orderOf = d: if kindOf d.value == "order" then d.value.priority else 1000;
      sorted = map (unwrap "order") (sort (a: b: orderOf a < orderOf b) winners);
      wrong = filter (d: !(type.check d.value)) sorted;
    in
    {
      inherit priority;
      definitions = sorted;
      isDefined = sorted != [ ];
      value =
        if sorted == [ ] then
          (
            if type ? modules then
              type.merge loc [ ]
            else
              type.empty or (fail loc "is used but not defined.")
          )
        else if wrong != [ ] then
          fail loc "has a definition in `${(head wrong).file}' that is not of type `${type.name}'."
        else
          type.merge loc sorted;
    };

  mergeEqual =
    loc: defs:
    if all (d: d.value == (head defs).value) defs then (head defs).value else fail loc "has conflicting definition values.";
  mergeOne =
    loc: defs: if length defs == 1 then (head defs).value else fail loc "is defined multiple times.";
  # What an option without a type does.
  mergeFreely =
    loc: defs:
    let
      values = map (d: d.value) defs;
    in
    if length values == 1 then
      head values
    else if all isFunction values then
      x: mergeFreely loc (map (f: { value = f x; }) values)
    else if all isList values then
      concatLists values
    else if all isAttrs values then
      foldl' (a: b: a // b) { } values
    else if all builtins.isBool values then
      builtins.any (b: b) values
    else if all isString values then
      concatStringsSep "" values
    else
      mergeEqual loc defs;

  # The type of an option that is declared with both.
  joinTypes =
    loc: a: b:
    if a ? modules && b ? modules then
      submoduleOf { modules = a.modules ++ b.modules; }
    else if a.name != b.name then
      fail loc "is declared with two types."
    else if a ? values then
      types.enum (a.values ++ b.values)
    else if a ? over then
      a.over (joinTypes loc a.inner b.inner)
    else
      a;

  # ------------------------------------------------------------------- types

  mkOptionType =
    {
      name,
      check ? (_: true),
      merge ? mergeFreely,
      ...
    }@type:
    type
    // {
      _type = "option-type";
      inherit check merge;
    };
  simple =
    name: check:
    mkOptionType {
      inherit name check;
      merge = mergeEqual;
    };
  within =
    low: high: x:
    builtins.isInt x && x >= low && (high == null || x <= high);
  separated =
    separator:
    mkOptionType {
      name = "separatedString";
      check = isString;
      merge = _: defs: concatStringsSep separator (map (d: d.value) defs);
    };
  # The attributes of several definitions by name, each with its definitions.
  byName = zipAttrsWith (_: defs: defs);
  spread = d: mapAttrs (_: value: { inherit (d) file; inherit value; }) d.value;

  submoduleOf =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
    }:
    mkOptionType {
      name = "submodule";
      inherit modules;
      check = x: isAttrs x || isFunction x || isPathLike x;
      merge =
        loc: defs:
        (evalModules {
          inherit specialArgs;
          prefix = loc;
          modules =
            modules
            ++ [ { _module.args.name = last loc; } ]
            ++ map (
              d:
              if isAttrs d.value && shorthandOnlyDefinesConfig then
                {
                  _file = d.file;
                  config = d.value;
                }
              else
                {
                  _file = d.file;
                  imports = [ d.value ];
                }
            ) defs;
        }).config;
    };

  types = {
    bool = simple "bool" builtins.isBool;
    int = simple "int" builtins.isInt;
    float = simple "float" builtins.isFloat;
    number = simple "number" (x: builtins.isInt x || builtins.isFloat x);
    str = simple "str" isString;
    nonEmptyStr = simple "nonEmptyStr" (x: isString x && builtins.match "[[:space:]]*" x == null);
    strMatching = pattern: simple "strMatching" (x: isString x && builtins.match pattern x != null);
    port = simple "port" (within 0 65535);
    ints = {
      positive = simple "positiveInt" (within 1 null);
      unsigned = simple "unsignedInt" (within 0 null);
      between = low: high: simple "intBetween" (within low high);
    };
    path = simple "path" (x: builtins.substring 0 1 (if isAttrs x && !(x ? outPath) then "" else toString x) == "/");
    enum = values: simple "enum" (x: elem x values) // { inherit values; };
    package = mkOptionType {
      name = "package";
      check = x: lib.isDerivation x || lib.isStorePath x;
      merge = mergeOne;
    };
    raw = mkOptionType {
      name = "raw";
      merge = mergeOne;
    };
    unspecified = mkOptionType { name = "unspecified"; };
    attrs = mkOptionType {
      name = "attrs";
      check = isAttrs;
      empty = { };
      merge = _: foldl' (result: d: result // d.value) { };
    };
    anything = mkOptionType {
      name = "anything";
      merge =
        loc: defs:
        if all (d: isAttrs d.value && !(lib.isStringLike d.value)) defs then
          (types.attrsOf types.anything).merge loc defs
        else if all (d: isFunction d.value) defs then
          x: types.anything.merge (loc ++ [ "<function body>" ]) (map (d: d // { value = d.value x; }) defs)
        else
          mergeEqual loc defs;
    };
    lines = separated "\n";
    commas = separated ",";
    envVar = separated ":";
    separatedString = separated;

    listOf =
      inner:
      mkOptionType {
        name = "listOf";
        over = types.listOf;
        inherit inner;
        check = isList;
        empty = [ ];
        merge =
          loc: defs:
          concatMap (
            d:
            concatLists (
              imap1 (
                n: value:
                let
                  element = mergeDefinitions (loc ++ [ "[definition ${toString n}]" ]) inner [
                    {
                      inherit (d) file;
                      inherit value;
                    }
                  ];
                in
                lib.optional element.isDefined element.value
              ) d.value
            )
          ) defs;
      };
    nonEmptyListOf =
      inner:
      removeAttrs (types.listOf inner) [ "empty" ] // { check = x: isList x && x != [ ]; };
    attrsOf =
      inner:
      mkOptionType {
        name = "attrsOf";
        over = types.attrsOf;
        inherit inner;
        check = isAttrs;
        empty = { };
        merge =
          loc: defs:
          mapAttrs (_: m: m.value) (
            lib.filterAttrs (_: m: m.isDefined) (
              mapAttrs (name: mergeDefinitions (loc ++ [ name ]) inner) (byName (map spread defs))
            )
          );
      };
    lazyAttrsOf =
      inner:
      types.attrsOf inner
      // {
        name = "lazyAttrsOf";
        merge = loc: defs: mapAttrs (name: ds: (mergeDefinitions (loc ++ [ name ]) inner ds).value) (byName (map spread defs));
      };
    nullOr =
      inner:
      mkOptionType {
        name = "nullOr";
        over = types.nullOr;
        inherit inner;
        check = x: x == null || inner.check x;
        empty = null;
        merge =
          loc: defs:
          let
            nulls = filter (d: d.value == null) defs;
          in
          if length nulls == length defs then
            null
          else if nulls != [ ] then
            fail loc "is defined both null and not null."
          else
            inner.merge loc defs;
      };
    unique = _: types.uniq;
    uniq = inner: inner // { merge = loc: defs: inner.merge loc [ { file = ""; value = mergeOne loc defs; } ]; };
    either =
      a: b:
      mkOptionType {
        name = "either";
        check = x: a.check x || b.check x;
        merge =
          loc: defs:
          if all (d: a.check d.value) defs then
            a.merge loc defs
          else if all (d: b.check d.value) defs then
            b.merge loc defs
          else
            mergeOne loc defs;
      };
    oneOf = choices: foldl' types.either (head choices) (builtins.tail choices);
    coercedTo =
      from: convert: to:
      to
      // {
        name = "coercedTo";
        check = x: (from.check x && to.check (convert x)) || to.check x;
        merge =
          loc: defs:
          to.merge loc (map (d: if from.check d.value then d // { value = convert d.value; } else d) defs);
      };
    functionTo =
      inner:
      mkOptionType {
        name = "functionTo";
        check = isFunction;
        merge =
          loc: defs: x:
          (mergeDefinitions (loc ++ [ "<function body>" ]) inner (map (d: d // { value = d.value x; }) defs)).value;
      };
    addCheck = inner: check: inner // { check = x: inner.check x && check x; };
    submodule =
      modules:
      submoduleOf {
        modules = lib.toList modules;
        shorthandOnlyDefinesConfig = true;
      };
    submoduleWith = submoduleOf;
    # One attribute of those that are declared, merged as the option it is declared with.
    attrTag =
      tags:
      mkOptionType {
        name = "attrTag";
        check = x: isAttrs x && length (builtins.attrNames x) == 1 && tags ? ${head (builtins.attrNames x)};
        merge =
          loc: defs:
          let
            tag = head (builtins.attrNames (head defs).value);
          in
          if all (d: d.value ? ${tag}) defs then
            {
              ${tag} =
                (mergeDefinitions (loc ++ [ tag ]) tags.${tag}.type (map (d: d // { value = d.value.${tag}; }) defs)).value;
            }
          else
            fail loc "has definitions with different tags.";
      };
    deferredModule = mkOptionType {
      name = "deferredModule";
      check = x: isAttrs x || isFunction x || isPathLike x;
      merge = _: defs: { imports = map (d: lib.setDefaultModuleLocation d.file d.value) defs; };
    };
  };
in
{
  inherit
    discharge
    fail
    joinTypes
    mergeDefinitions
    mkOptionType
    submoduleOf
    types
    ;
}
