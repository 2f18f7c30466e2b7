# import-tree: a module that imports every Nix file below a folder, without those below a name that starts
# with an underscore.
{ lib, open, ... }:
let
  start = {
    paths = [ ];
    initial = path: lib.hasSuffix ".nix" path && !lib.hasInfix "/_" path;
    filters = [ ];
    map = null;
    pipe = null;
    api = { };
  };

  isFolder = path: builtins.readFileType path == "directory";

  filesBelow =
    root:
    let
      all = if isFolder root then lib.filesystem.listFilesRecursive root else [ root ];
      relative = path: lib.removePrefix (toString root) (toString path);
    in
    map (file: {
      inherit file;
      name = if isFolder root then relative file else "/${baseNameOf file}";
    }) all;

  leavesOf =
    state: path:
    if builtins.isList path then
      lib.concatMap (leavesOf state) path
    else if builtins.isPath path || builtins.isString path || (builtins.isAttrs path && path ? outPath) then
      let
        root = if builtins.isAttrs path then path.outPath else path;
        fits = { name, ... }: state.initial name && lib.all (keep: keep name) state.filters;
        found = map ({ file, ... }: file) (lib.filter fits (filesBelow root));
      in
      if state.map == null then found else map state.map found
    else if builtins.isAttrs path && path ? __leaves then
      path.__leaves
    else
      [ path ];

  apply =
    state: path:
    let
      # As a module it is called with a module's arguments and imports what was added to it.
      asModule = builtins.isAttrs path && path ? options && path ? config;
      leaves = leavesOf state (state.paths ++ (if asModule then [ ] else [ path ]));
    in
    if state.pipe != null then state.pipe leaves else { imports = leaves; };

  make =
    state:
    let
      keep = test: make (state // { filters = state.filters ++ [ test ]; });
      base = {
        __functor = _: apply state;
        __leaves = leavesOf state state.paths;
        filter = keep;
        filterNot = test: keep (name: !test name);
        match = regex: keep (name: builtins.match regex name != null);
        matchNot = regex: keep (name: builtins.match regex name == null);
        initFilter = test: make (state // { initial = test; });
        map =
          f:
          make (
            state
            // {
              map = if state.map == null then f else file: f (state.map file);
            }
          );
        addPath = path: make (state // { paths = state.paths ++ [ path ]; });
        withLib = _: make state;
        pipeTo = f: make (state // { pipe = f; });
        leafs = collected state;
        leaves = collected state;
        files = leavesOf state state.paths;
        result = apply state [ ];
        new = make start;
        addAPI = api: make (state // { api = state.api // api; });
      };
    in
    open "import-tree" (base // lib.mapAttrs (_: f: f (make state)) state.api);

  collected = state: make (state // { pipe = lib.id; });
in
make start
