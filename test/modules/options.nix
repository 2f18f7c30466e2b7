# The names of the options that a module declares, with those of its submodules: `*` stands for a name or an element.
# `lib` is nixpkgs'; nothing of the module but its options is evaluated.
{ lib, module }:
let
  isOption = value: value._type or "" == "option";
  below =
    path: option:
    let
      inner = builtins.tryEval (option.type.getSubOptions [ ]);
      step = if option.type.name == "submodule" then path else path ++ [ "*" ];
    in
    lib.optionals (inner.success && builtins.isAttrs inner.value) (within step inner.value);
  within =
    path: set:
    lib.concatLists (
      lib.mapAttrsToList (
        name: value:
        let
          at = path ++ [ name ];
        in
        if lib.hasPrefix "_" name then
          [ ]
        else if isOption value then
          [ (lib.concatStringsSep "." at) ] ++ below at value
        else if builtins.isAttrs value then
          within at value
        else
          [ ]
      ) set
    );
  evaluated = lib.evalModules {
    modules = [
      module
      {
        _module.check = false;
        _module.args = {
          pkgs = { };
          utils = { };
        };
      }
    ];
  };
in
within [ ] evaluated.options
