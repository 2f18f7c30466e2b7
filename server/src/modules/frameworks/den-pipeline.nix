# How den makes modules of aspects. An aspect is read at a place: at a host, or at one of its users. There, functions are
# given what the place has (`host`, `user`), and what an aspect includes follows it. What is not interpreted is a value
# that cannot be known, in the place of what it stands for.
{ lib, unseen, known }:
let
  kinds = [
    "host"
    "user"
    "home"
  ];
  own = [
    "__path"
    "__args"
    "__fn"
    "__functor"
  ];
  # Keys of an aspect that are neither classes nor aspects inside of it.
  structural = own ++ [
    "_"
    "_module"
    "classes"
    "description"
    "excludes"
    "includes"
    "into"
    "meta"
    "name"
    "policies"
    "provides"
  ];

  required = args: lib.filter (name: !args.${name}) (lib.attrNames args);
  # A function of the module system's own arguments is an aspect written as a module.
  isModule =
    value:
    builtins.isFunction value
    && (
      let
        args = builtins.functionArgs value;
        of = name: lib.elem name [ "lib" "config" "options" ];
      in
      lib.all of (required args) && lib.any of (lib.attrNames args)
    );
  isWrapper = value: builtins.isAttrs value && value ? __fn && value ? __args;
  wrapper =
    path: value:
    value
    // {
      name = if (value.name or "<") == "<perCtx>" then lib.last path else value.name or (lib.last path);
      __path = lib.concatStringsSep "/" path;
    };

  # What several files say of one class: all of it.
  classOf = values: if lib.length values == 1 then builtins.head values else { imports = values; };
  inner =
    classes: path: values:
    let
      sets = lib.filter builtins.isAttrs values;
      merged = lib.zipAttrsWith (
        name: given:
        if lib.elem name structural then
          (if lib.all builtins.isList given then lib.concatLists given else lib.last given)
        else if classes ? ${name} then
          classOf given
        else
          inner classes (path ++ [ name ]) given
      ) sets;
    in
    if lib.length values == 1 && builtins.isFunction (builtins.head values) then
      builtins.head values
    else if sets == [ ] then
      classOf values
    else
      (merged.provides or { }) // (merged._ or { }) // merged // { __path = lib.concatStringsSep "/" path; };

  # An aspect, by all that defines it. `classes`: the names of classes; all else inside of it is an aspect, too.
  aspectOf =
    classes: path: values:
    let
      only = builtins.head values;
      isAlone = lib.length values == 1;
      named = value: lib.length (lib.attrNames (builtins.functionArgs value)) > 0;
      asModule =
        value:
        if isModule value then
          value
        else if isWrapper value || !(builtins.isAttrs value) then
          { includes = [ value ]; }
        else
          {
            config =
              removeAttrs value (own ++ [ "_" ])
              // {
                provides = lib.mkMerge [
                  (value.provides or { })
                  (removeAttrs (value._ or { }) [ "__bundle" ])
                ];
              };
          };
      merged = (lib.evalModules { modules = [ (declared classes path) ] ++ map asModule values; }).config;
      plain = removeAttrs merged [ "_module" ];
      provided = plain.provides;
      children = lib.filter (name: !(lib.elem name structural) && !(classes ? ${name})) (lib.attrNames plain);
      bundle = {
        name = "${plain.name}._";
        includes = map (name: plain.${name}) children;
      };
      functors = lib.filter (value: builtins.isAttrs value && value ? __functor && !(value ? __path)) values;
    in
    if isAlone && isWrapper only then
      wrapper path only
    else if isAlone && builtins.isFunction only && !(isModule only) && !(named only) then
      {
        name = lib.last path;
        __fn = only;
        __args = { };
        __path = lib.concatStringsSep "/" path;
        __functor = self: self.__fn;
      }
    else if isAlone && !(builtins.isAttrs only) && !(builtins.isFunction only) then
      only
    else
      provided
      // plain
      // {
        policies = lib.mapAttrs (_: _: unseen.policies) plain.policies;
        _ = provided // { __bundle = bundle; };
        __path = lib.concatStringsSep "/" path;
        # Called, it gives what its functions make of the arguments.
        __functor = if functors != [ ] then (builtins.head functors).__functor else called;
      };
  called =
    self: args:
    let
      call =
        value:
        let
          takes = if isWrapper value then value.__args else builtins.functionArgs value;
          fn = if isWrapper value then value.__fn else value;
        in
        if !(isWrapper value) && !(builtins.isFunction value) then
          value
        else if lib.all (name: args ? ${name}) (required takes) then
          fn args
        else
          value;
    in
    removeAttrs self [ "__functor" ] // { includes = map call self.includes; };

  declared =
    classes: path:
    let
      inherit (lib) mkOption types;
      raw = type: default: mkOption { inherit type default; };
      content = types.mkOptionType {
        name = "aspect content";
        merge =
          at: definitions:
          let
            name = lib.last at;
            values = map (definition: definition.value) definitions;
          in
          if classes ? ${name} then classOf values else inner classes (path ++ [ name ]) values;
      };
      aspect = types.mkOptionType {
        name = "aspect";
        merge = at: definitions: aspectOf classes (path ++ [ (lib.last at) ]) (map (given: given.value) definitions);
      };
    in
    {
      freeformType = types.lazyAttrsOf content;
      options = {
        name = raw types.str (lib.last path);
        description = raw types.str "";
        meta = raw (types.lazyAttrsOf types.raw) { };
        policies = raw (types.lazyAttrsOf types.raw) { };
        includes = raw (types.listOf types.raw) [ ];
        excludes = raw (types.listOf types.raw) [ ];
        provides = raw (types.lazyAttrsOf aspect) { };
        classes = raw (types.lazyAttrsOf types.raw) { };
      };
    };

  # What is reached from a value at a place, itself first: aspects, with the place that they are read at.
  #   place.context    what functions are given          place.kind     "host" or "user"
  #   place.name       tells places apart                place.shared   it came by what users of the host include, too
  #   place.isHandedOn   a host's aspects, read for the home of a user: functions without names are given nothing there
  #   place.each       the user that a function of a host is called for, else ""
  reached =
    place: seen: id: value:
    if !(known value) then
      [ value ]
    else if value == null then
      [ ]
    else if builtins.isList value then
      lib.concatLists (lib.imap0 (index: reached place seen "${id}:${toString index}") value)
    else if isModule value then
      reached place seen id (removeAttrs (aspectOf place.classes [ id ] [ value ]) [ "name" "__path" ])
    else if builtins.isFunction value then
      applied place seen id { } value (builtins.functionArgs value)
    else if value ? __policyEffect then
      (if value.__policyEffect == "include" then reached place seen id value.value else [ unseen.policies ])
    else if value.__isPolicy or false then
      [ unseen.policies ]
    else if value ? __policy then
      decided place value.__policy
    else if value ? __bundle then
      reached place seen id value.__bundle
    else if isWrapper value then
      applied place seen (value.__path or id) (lib.optionalAttrs (value ? __path) { inherit (value) __path; }) value.__fn value.__args
    else if value ? __functor && !(value ? includes) then
      reached place seen id (value.__functor value)
    else
      walked place seen id value;

  walked =
    place: seen: id: value:
    let
      isNamed = value ? __path || (value.name or "<anon>") != "<anon>";
      self = value.__path or (if isNamed then value.name else id);
      next = seen // { ${self} = true; };
      provided = value.provides or { };
    in
    if seen ? ${self} then
      [ ]
    else
      [
        {
          inherit place isNamed;
          id = self;
          aspect = value;
        }
      ]
      ++ lib.optionals (value ? name && provided ? ${value.name}) (reached place next self provided.${value.name})
      ++ lib.concatLists (
        lib.imap0 (index: reached place next "${self}/<anon>:${toString index}") (value.includes or [ ])
      );

  # What a policy does at a place. Pipes change what is given for a quirk, and quirks are not read for any host; every other
  # effect makes modules or leads to other things. What is no set is no effect.
  decided =
    place: policy:
    let
      args = builtins.functionArgs policy;
      missing = lib.filter (name: !(place.context ? ${name})) (required args);
      contexts =
        if missing == [ ] then
          [ place.context ]
        else if missing == [ "user" ] && place.kind == "host" then
          map (user: place.context // { inherit user; }) (lib.attrValues place.context.host.users)
        else
          null;
      effectsIn = context: policy (
        if args == { } then lib.filterAttrs (name: _: lib.elem name kinds) context else builtins.intersectAttrs args context
      );
      isPipe = effect: known effect && (!(builtins.isAttrs effect) || effect.__policyEffect or "" == "pipe");
      arePipes = effects: known effects && builtins.isList effects && lib.all isPipe effects;
    in
    if builtins.isFunction policy && contexts != null && lib.all (context: arePipes (effectsIn context)) contexts then
      [ ]
    else
      [ unseen.policies ];

  # A function of an aspect: called with what the place has, once for each user where it takes one, and not at all where
  # there is no such thing.
  applied =
    place: seen: id: called: fn: args:
    let
      missing = lib.filter (name: !(place.context ? ${name})) (required args);
      result = fn (
        if args == { } then
          (if place.isHandedOn then { } else lib.filterAttrs (name: _: lib.elem name kinds) place.context)
        else
          builtins.intersectAttrs args place.context
      );
      at =
        if !(known result) || !(builtins.isAttrs result) || isWrapper result then
          result
        else
          lib.optionalAttrs (!(result ? name)) called // removeAttrs result [ "meta" ];
    in
    if lib.elem "home" missing then
      # Only homes without a host have one, and hosts that list homes themselves.
      lib.optional (place.kind == "host" && place.context.host ? homes) unseen.homes
    else if lib.elem "user" missing then
      (
        if place.kind != "host" || place.shared then
          [ ]
        else
          lib.concatMap (
            user:
            let
              here = place // {
                context = place.context // {
                  inherit user;
                };
                each = user.name;
              };
            in
            applied here seen id called fn args
          ) (lib.attrValues place.context.host.users)
      )
    else if missing != [ ] then
      [ unseen.${builtins.head missing} ]
    else
      reached place seen id at;

  # The modules that an aspect has for a class, with the arguments that den gives them.
  modulesIn =
    class: node:
    let
      inherit (node.place) context;
      given = node.aspect.${class};
      list = if known given && builtins.isList given then given else [ given ];
      asked = module: if known module && builtins.isFunction module then lib.filter (name: context ? ${name} && lib.elem name kinds) (lib.attrNames (builtins.functionArgs module)) else [ ];
      # Each once in a host, wherever it was found; that of an aspect without a name once in each place.
      keyOf =
        index: module:
        lib.concatStringsSep " " (
          [ "den" class ]
          ++ lib.optional (!node.isNamed) node.place.name
          ++ [ node.place.each ]
          ++ [ node.id (toString index) ]
          ++ map (name: "${name}=${context.${name}.name}") (asked module)
        );
    in
    lib.optionals (node.aspect ? ${class}) (
      lib.concatLists (
        lib.imap0 (
          index: module:
          lib.optional (isGiven node.place module) {
            key = keyOf index module;
            imports = [ (wrapped node.place module) ];
          }
        ) list
      )
    );

  # A module that asks for what is not there is left out.
  isGiven =
    place: module:
    !(known module)
    || !(builtins.isFunction module)
    || lib.all (name: place.context ? ${name}) (lib.filter (name: lib.elem name kinds) (required (builtins.functionArgs module)));
  wrapped =
    place: module:
    let
      # A function may come wrapped, with its arguments told beside it.
      args = lib.functionArgs module;
      bound = builtins.intersectAttrs args (place.quirks // place.context);
      rest = removeAttrs args (lib.attrNames bound);
    in
    if !(known module) then
      module
    else if builtins.isAttrs module && module ? imports && builtins.isList module.imports then
      module // { imports = map (wrapped place) module.imports; }
    else if !(builtins.isFunction module) || bound == { } then
      module
    else if rest == { } && args != { } then
      module bound
    else
      lib.setFunctionArgs (given: module (given // bound)) rest;
in
{
  inherit aspectOf reached modulesIn wrapped;
}
