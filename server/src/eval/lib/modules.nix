lib:
let
  inherit (lib) setAttrByPath;
  shown = lib.showOption;
in
rec {
  setType = type: value: value // { _type = type; };
  isType = type: value: value._type or "" == type;

  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkAssert =
    condition: message: content:
    mkIf (if condition then true else throw "\nFailed assertion: ${message}") content;
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  defaultOverridePriority = 100;
  mkImageMediaOverride = mkOverride 60;
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkFixStrictness = value: value;
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };
  mkBefore = mkOrder 500;
  defaultOrderPriority = 1000;
  mkAfter = mkOrder 1500;
  mkDefinition = args: args // { _type = "definition"; };
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };
  importApply =
    path: argument:
    setDefaultModuleLocation path (import path argument);

  # Definitions of one option that become definitions of another.
  mkAliasDefinitions = mkAliasAndWrapDefinitions lib.id;
  mkAliasAndWrapDefinitions =
    wrap: option: mkIf (option.isDefined or false) (wrap (mkMerge option.definitions));
  mkAliasAndWrapDefsWithPriority =
    wrap: option:
    mkIf (option.isDefined or false) (
      wrap (mkMerge (map (mkOverride (option.highestPrio or defaultOverridePriority)) option.definitions))
    );
  mkDerivedConfig =
    option: f:
    mkIf (option.isDefined or false) (mkOverride (option.highestPrio or defaultOverridePriority) (f option.value));

  mkRemovedOptionModule =
    path: instructions:
    { options, ... }:
    let
      message = "The option definition `${shown path}' no longer has any effect; please remove it.\n${instructions}";
    in
    {
      options = setAttrByPath path (
        lib.mkOption {
          visible = false;
          apply = _: throw "The option `${shown path}' can no longer be used since it's been removed. ${instructions}";
        }
      );
      config.assertions = [
        {
          assertion = !(lib.getAttrFromPath path options).isDefined;
          inherit message;
        }
      ];
    };
  doRename =
    {
      from,
      to,
      visible,
      warn,
      use,
      withPriority ? true,
      condition ? true,
    }:
    { config, options, ... }:
    let
      source = lib.getAttrFromPath from options;
      target = lib.attrByPath to (abort "Renaming error: option `${shown to}' does not exist.") config;
      # What is merged here is never asked for: the definitions go on to the target, and its value comes back.
      # Whether home-manager, whose module is not in sight, has the target hangs on these very definitions.
      targetType =
        if lib.head to == "home-manager" then
          lib.types.unspecified
        else
          (lib.attrByPath to { } options).type or lib.types.unspecified;
      forward = if withPriority then mkAliasAndWrapDefsWithPriority else mkAliasAndWrapDefinitions;
    in
    {
      options = setAttrByPath from (
        lib.mkOption {
          inherit visible;
          description = "Alias of {option}`${shown to}`.";
          apply = _: use target;
          type = targetType;
        }
      );
      config = mkIf condition (mkMerge [
        (lib.optionalAttrs (options ? warnings) {
          warnings = lib.optional (
            warn && source.isDefined
          ) "The option `${shown from}' has been renamed to `${shown to}'.";
        })
        (forward (setAttrByPath to) source)
      ]);
    };
  mkRenamedOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = lib.id;
    };
  mkRenamedOptionModuleWith =
    { from, to, sinceRelease }:
    doRename {
      inherit from to;
      visible = false;
      warn = lib.isInOldestRelease sinceRelease;
      use = lib.id;
    };
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
      use = lib.id;
    };
  mkAliasOptionModuleMD = mkAliasOptionModule;
  mkMergedOptionModule =
    froms: to: merge:
    { config, options, ... }:
    {
      options = lib.foldl' lib.recursiveUpdate { } (
        map (
          path:
          setAttrByPath path (
            lib.mkOption {
              visible = false;
              # Not null: that is a value somebody may give.
              default = "_mkMergedOptionModule";
            }
          )
        ) froms
      );
      config = {
        warnings = builtins.filter (text: text != "") (
          map (
            path:
            let
              value = lib.getAttrFromPath path config;
            in
            lib.optionalString (
              value != "_mkMergedOptionModule"
            ) "The option `${shown path}' has been changed to `${shown to}'."
          ) froms
        );
      }
      // setAttrByPath to (
        mkMerge (
          lib.optional (builtins.any (path: lib.getAttrFromPath path config != "_mkMergedOptionModule") froms) (merge config)
        )
      );
    };
  mkChangedOptionModule =
    from: to: change:
    mkMergedOptionModule [ from ] to change;
}
