lib:
rec {
  fix =
    f:
    let
      result = f result;
    in
    result;
  fix' =
    f:
    let
      result = f result // { __unfix__ = f; };
    in
    result;
  converge =
    f: value:
    let
      next = f value;
    in
    if next == value then value else converge f next;
  extends =
    overlay: base: final:
    let
      previous = base final;
    in
    previous // overlay final previous;
  composeExtensions =
    first: second: final: previous:
    let
      changes = first final previous;
    in
    changes // second final (previous // changes);
  composeManyExtensions = builtins.foldl' composeExtensions (_final: _previous: { });
  toExtension =
    f:
    if lib.isFunction f then
      final: previous:
      let
        given = f final;
      in
      if lib.isFunction given then given previous else f previous
    else
      _final: _previous: f;
  makeExtensible = makeExtensibleWithCustomName "extend";
  makeExtensibleWithCustomName =
    name: base:
    fix' (final: base final // { ${name} = overlay: makeExtensibleWithCustomName name (extends overlay base); });
}
