lib:
# Texts that say which others come before them, as activation scripts do.
rec {
  fullDepEntry = text: deps: { inherit text deps; };
  stringAfter = deps: text: fullDepEntry text deps;
  noDepEntry = text: fullDepEntry text [ ];
  packEntry = fullDepEntry "";
  # The entries named in a list (or given as they are) after what they depend on, each name once.
  textClosureList =
    entries: wanted:
    let
      add =
        state: want:
        if builtins.isAttrs want then
          let
            before = builtins.foldl' add state (want.deps or [ ]);
          in
          before // { texts = before.texts ++ [ want.text ]; }
        else if state.seen ? ${want} then
          state
        else
          let
            entry = entries.${want};
            noted = state // {
              seen = state.seen // {
                ${want} = true;
              };
            };
          in
          if builtins.isAttrs entry then add noted entry else noted // { texts = noted.texts ++ [ entry ]; };
    in
    (builtins.foldl' add {
      seen = { };
      texts = [ ];
    } wanted).texts;
  textClosureMap =
    f: entries: wanted:
    lib.concatMapStringsSep "\n" f (textClosureList entries wanted);
}
