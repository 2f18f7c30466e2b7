lib:
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    filter
    head
    isAttrs
    length
    listToAttrs
    mapAttrs
    removeAttrs
    tail
    ;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    unsafeGetAttrPos
    zipAttrsWith
    ;

  nameValuePair = name: value: { inherit name value; };

  attrByPath =
    path: default: set:
    let
      count = length path;
      go =
        n: value:
        if n == count then
          value
        else if value ? ${elemAt path n} then
          go (n + 1) value.${elemAt path n}
        else
          default;
    in
    go 0 set;
  hasAttrByPath =
    path: set:
    let
      count = length path;
      go = n: value: n == count || (value ? ${elemAt path n} && go (n + 1) value.${elemAt path n});
    in
    go 0 set;
  longestValidPathPrefix =
    path: set:
    let
      count = length path;
      go =
        n: value:
        if n < count && value ? ${elemAt path n} then go (n + 1) value.${elemAt path n} else lib.take n path;
    in
    go 0 set;
  setAttrByPath =
    path: value: if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };
  getAttrFromPath =
    path: attrByPath path (abort "cannot find attribute '${builtins.concatStringsSep "." path}'");
  concatMapAttrs = f: set: mergeAttrsList (lib.mapAttrsToList f set);
  updateManyAttrsByPath =
    let
      # `updates` have their paths relative to the value; those for the value itself come last.
      apply =
        depth: hasValue: value: updates:
        let
          parts = builtins.partition (update: length update.path == depth) updates;
          inner = builtins.groupBy (update: elemAt update.path depth) parts.wrong;
          changed =
            if parts.wrong == [ ] then
              value
            else if !hasValue then
              mapAttrs (_: apply (depth + 1) false null) inner
            else if isAttrs value then
              value // mapAttrs (name: apply (depth + 1) (value ? ${name}) (value.${name} or null)) inner
            else
              throw "updateManyAttrsByPath: the value on the way is no set";
          known = hasValue || parts.wrong != [ ];
        in
        if parts.right == [ ] then
          changed
        else
          builtins.foldl' (result: update: update.update result) (
            if known then
              changed
            else
              throw "updateManyAttrsByPath: the path does not exist, but its value is used"
          ) parts.right;
    in
    updates: value: apply 0 true value updates;

  attrVals = names: set: map (name: set.${name}) names;
  getAttrs = names: set: genAttrs names (name: set.${name});
  # Built so that values keep their place and a set known in part stays one.
  filterAttrs =
    test: set:
    builtins.intersectAttrs (genAttrs (filter (name: test name set.${name}) (attrNames set)) (_: null)) set;
  filterAttrsRecursive =
    test: set:
    mapAttrs (_: value: if isAttrs value then filterAttrsRecursive test value else value) (filterAttrs test set);
  foldlAttrs =
    f: start: set:
    builtins.foldl' (result: name: f result name set.${name}) start (attrNames set);
  foldAttrs =
    f: start: sets:
    builtins.zipAttrsWith (_: lib.foldr f start) sets;
  collect =
    test: value:
    if test value then
      [ value ]
    else if isAttrs value then
      concatMap (collect test) (builtins.attrValues value)
    else
      [ ];
  cartesianProduct =
    sets:
    builtins.foldl' (
      results: name: concatMap (result: map (value: result // { ${name} = value; }) sets.${name}) results
    ) [ { } ] (attrNames sets);
  mapCartesianProduct = f: sets: map f (cartesianProduct sets);

  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    into: f: set:
    let
      go =
        path:
        mapAttrs (
          name: value:
          if isAttrs value && into value then go (path ++ [ name ]) value else f (path ++ [ name ]) value
        );
    in
    go [ ] set;
  mapAttrsToListRecursive = mapAttrsToListRecursiveCond (_: _: true);
  mapAttrsToListRecursiveCond =
    into: f: set:
    let
      go =
        path: value:
        if isAttrs value && (path == [ ] || into path value) then
          concatMap (name: go (path ++ [ name ]) value.${name}) (attrNames value)
        else
          [ (f path value) ];
    in
    go [ ] set;
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  genAttrs' = list: f: listToAttrs (map f list);

  isDerivation = value: value.type or null == "derivation";
  toDerivation =
    path:
    let
      name = lib.strings.sanitizeDerivationName (baseNameOf path);
      result = {
        type = "derivation";
        inherit name;
        outPath = path;
        outputs = [ "out" ];
        out = result;
        outputName = "out";
      };
    in
    result;
  optionalAttrs = condition: set: if condition then set else { };
  zipAttrsWithNames =
    names: f: sets:
    genAttrs names (name: f name (builtins.catAttrs name sets));
  zipAttrs = builtins.zipAttrsWith (_: values: values);
  mergeAttrsList = builtins.foldl' (a: b: a // b) { };
  unionOfDisjoint =
    a: b:
    let
      both = builtins.intersectAttrs a b;
      mask = mapAttrs (name: _: throw "unionOfDisjoint: collision on ${name}") both;
    in
    (a // b) // mask;
  recursiveUpdateUntil =
    stop: left: right:
    let
      go =
        path: a: b:
        a
        // mapAttrs (
          name: value:
          if a ? ${name} && !(stop (path ++ [ name ]) a.${name} value) then
            go (path ++ [ name ]) a.${name} value
          else
            value
        ) b;
    in
    go [ ] left right;
  recursiveUpdate = recursiveUpdateUntil (_: a: b: !(isAttrs a && isAttrs b));
  matchAttrs =
    pattern: set:
    builtins.all (
      name:
      set ? ${name}
      && (
        if isAttrs pattern.${name} then
          isAttrs set.${name} && matchAttrs pattern.${name} set.${name}
        else
          pattern.${name} == set.${name}
      )
    ) (attrNames pattern);
  overrideExisting = old: new: mapAttrs (name: value: new.${name} or value) old;
  showAttrPath =
    path:
    if path == [ ] then "<root attribute path>" else lib.concatMapStringsSep "." lib.strings.escapeNixIdentifier path;

  getOutput = output: getFirstOutput [ output ];
  getFirstOutput =
    outputs: package:
    let
      found = filter (output: package ? ${output}) outputs;
    in
    if package.outputSpecified or false || found == [ ] then
      (if package.outputSpecified or false then package else package.out or package)
    else
      package.${head found};
  getBin = getOutput "bin";
  getLib = getFirstOutput [
    "lib"
    "out"
  ];
  getStatic = getFirstOutput [
    "static"
    "lib"
    "out"
  ];
  getDev = getFirstOutput [
    "dev"
    "out"
  ];
  getInclude = getFirstOutput [
    "include"
    "dev"
    "out"
  ];
  getMan = getFirstOutput [
    "man"
    "out"
  ];
  chooseDevOutputs = map getDev;
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };
}
