# A reference for the semantics of the NixOS module system, in plain Nix and independent of the checker's own
# merge: the conformance tests run both on the same module sets. It favours short definitions over good
# error messages, and covers what configurations of hosts use.
#
# `lib` is the library without types; the result is what a library needs on top: types, evalModules, …
lib:
let
  inherit (builtins)
    all
    attrNames
    concatLists
    concatMap
    elem
    filter
    foldl'
    head
    isAttrs
    isString
    length
    mapAttrs
    zipAttrsWith
    ;
  inherit (lib)
    imap1
    isFunction
    mkOption
    mkOptionDefault
    recursiveUpdate
    reverseList
    setAttrByPath
    ;
  kindOf = value: if isAttrs value then value._type or "" else "";
  parts = import ./option-types.nix { inherit lib evalModules; };
  inherit (parts)
    discharge
    fail
    joinTypes
    mergeDefinitions
    mkOptionType
    submoduleOf
    types
    ;

  # ---------------------------------------------------------------- modules

  isPathLike = m: builtins.isPath m || isString m;

  # A module in any of its forms as { file, key, imports, disabled, options, config, freeformType }.
  normalise =
    args: defaultFile: defaultKey: m:
    if isPathLike m then
      normalise args (toString m) (toString m) (import m)
    else if isFunction m then
      normalise args defaultFile defaultKey (m (argumentsFor args m))
    else if
      elem (kindOf m) [
        "if"
        "override"
      ]
    then
      normalise args defaultFile defaultKey { config = m; }
    else
      let
        structured = m ? config || m ? options;
        file = toString (m._file or defaultFile);
        own = [
          "_class"
          "_file"
          "key"
          "disabledModules"
          "require"
          "imports"
          "freeformType"
        ];
        unsupported = removeAttrs m (
          own
          ++ [
            "options"
            "config"
            "meta"
          ]
        );
      in
      if structured && unsupported != { } then
        throw "Module `${file}' has an unsupported attribute `${head (attrNames unsupported)}'."
      else
        {
          inherit file;
          key = toString (m.key or defaultKey);
          imports = (m.imports or [ ]) ++ (m.require or [ ]);
          disabled = m.disabledModules or [ ];
          options = if structured then m.options or { } else { };
          config = if structured then m.config or { } else removeAttrs m own;
          freeformType = m.freeformType or null;
        };

  # What a module function gets: the arguments it names that are not there already come from `_module.args`.
  argumentsFor =
    args: f:
    args // mapAttrs (name: _: args.${name} or args.config._module.args.${name}) (lib.functionArgs f);

  # All modules, each once, in the order in which they are reached level by level.
  collect =
    args: modules:
    let
      load =
        parentFile: parentKey:
        imap1 (
          n: m:
          let
            module = normalise args parentFile "${parentKey}:anon-${toString n}" m;
          in
          module // { children = load module.file module.key module.imports; }
        );
      roots = load "<unknown-file>" "" modules;
      disabledBy = module: map disabledKey module.disabled ++ concatMap disabledBy module.children;
      disabledKey =
        d: if isString d then (if lib.hasPrefix "/" d then d else "${toString (args.modulesPath or "")}/${d}") else toString (d.key or d);
      disabled = concatMap disabledBy roots;
      enabled = filter (module: !(elem module.key disabled));
    in
    map (entry: entry.module) (
      builtins.genericClosure {
        startSet = map entryOf (enabled roots);
        operator = entry: map entryOf (enabled entry.module.children);
      }
    );
  entryOf = module: {
    inherit (module) key;
    inherit module;
  };

  # Properties around a set are moved to its attributes: mkIf c { a = 1; } is { a = mkIf c 1; }.
  pushDown =
    config:
    if kindOf config == "merge" then
      concatMap pushDown config.contents
    else if kindOf config == "if" then
      map (mapAttrs (_: lib.mkIf config.condition)) (pushDown config.content)
    else if kindOf config == "override" then
      map (mapAttrs (_: lib.mkOverride config.priority)) (pushDown config.content)
    else
      [ config ];

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      internal = {
        _file = "internal";
        key = "internal";
        options._module = {
          args = mkOption { type = types.lazyAttrsOf types.raw; };
          check = mkOption {
            type = types.bool;
            default = true;
          };
          freeformType = mkOption {
            type = types.nullOr types.raw;
            default = null;
          };
        };
      };
      args = {
        inherit lib config specialArgs;
        options = tree.options;
      }
      // specialArgs;
      loaded = reverseList (collect args (modules ++ [ internal ]));
      definitions = concatMap (
        m:
        map (config: {
          inherit (m) file;
          inherit config;
        }) (pushDown m.config)
        ++ lib.optional (m.freeformType != null) {
          inherit (m) file;
          config._module.freeformType = m.freeformType;
        }
      ) loaded;
      tree = mergeTree prefix (map (m: {
        inherit (m) file;
        inherit (m) options;
      }) loaded) definitions;
      declared = tree.config;
      freeform = declared._module.freeformType;
      free = map (d: {
        inherit (d) file;
        value = setAttrByPath d.path d.value;
      }) tree.unmatched;
      config =
        if freeform != null then
          (if free == [ ] then declared else recursiveUpdate (freeform.merge prefix free) declared)
        else if tree.unmatched != [ ] && declared._module.check then
          fail (prefix ++ (head tree.unmatched).path) "does not exist."
        else
          declared;
    in
    {
      inherit (tree) options;
      config = removeAttrs config [ "_module" ];
      _module = { inherit (config._module) args; };
      type = submoduleOf { inherit modules specialArgs; };
      extendModules =
        more:
        evalModules {
          modules = modules ++ more.modules or [ ];
          specialArgs = specialArgs // more.specialArgs or { };
          prefix = more.prefix or prefix;
        };
    };

  # Declarations and definitions below `loc`: { options, config, unmatched }.
  mergeTree =
    loc: declarations: definitions:
    let
      declsByName = zipAttrsWith (_: decls: decls) (
        map (d: mapAttrs (_: options: { inherit (d) file; inherit options; }) d.options) declarations
      );
      rawByName = zipAttrsWith (_: defs: defs) (
        map (d: mapAttrs (_: value: { inherit (d) file; inherit value; }) d.config) definitions
      );
      results = mapAttrs (
        name: decls:
        let
          here = loc ++ [ name ];
          raw = rawByName.${name} or [ ];
          isOption = d: kindOf d.options == "option";
          pushed = concatMap (
            d:
            map (config: {
              inherit (d) file;
              inherit config;
            }) (pushDown d.value)
          ) raw;
        in
        if all isOption decls then
          evalOption here (joinDeclarations here decls) raw
        else if builtins.any isOption decls then
          fail here "is declared both as an option and as a set of options."
        else
          mergeTree here decls pushed
      ) declsByName;
      undeclared = removeAttrs rawByName (attrNames results);
    in
    {
      options = mapAttrs (_: r: r.options) results;
      config = mapAttrs (_: r: r.config) results;
      unmatched =
        concatMap (
          name:
          map (u: u // { path = [ name ] ++ u.path; }) results.${name}.unmatched
        ) (attrNames results)
        ++ concatMap (name: map (d: d // { path = [ name ]; }) undeclared.${name}) (attrNames undeclared);
    };

  # An option may be declared in several places when its types go together.
  joinDeclarations =
    loc: decls:
    let
      options = map (d: d.options) decls;
      types' = filter (t: t != null) (map (o: o.type or null) options);
      joined = foldl' (a: b: b // a) { } options;
    in
    if length types' > 1 then
      joined // { type = foldl' (joinTypes loc) (head (reverseList types')) (builtins.tail (reverseList types')); }
    else
      { type = types.unspecified; } // joined;

  evalOption =
    loc: option: raw:
    let
      given = concatMap (
        d:
        map (value: {
          inherit (d) file;
          inherit value;
        }) (discharge d.value)
      ) raw;
      default = lib.optional (option ? default) {
        file = "default";
        value = mkOptionDefault option.default;
      };
      merged =
        if option.readOnly or false && length given > 1 then
          fail loc "is read-only, but it's set multiple times."
        else
          mergeDefinitions loc option.type (default ++ given);
      value = (option.apply or (x: x)) merged.value;
    in
    {
      config = value;
      unmatched = [ ];
      options = option // {
        _type = "option";
        inherit loc value;
        isDefined = merged.definitions != [ ];
        definitions = map (d: d.value) merged.definitions;
        highestPrio = merged.priority;
        files = map (d: d.file) merged.definitions;
      };
    };
in
{
  inherit types evalModules mkOptionType;
}
