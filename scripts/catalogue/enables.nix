# Every option that switches something on, in a nixpkgs checkout, with the file that declares it: a list of
# `{ path; file; }`. Options of instances, which stand inside of types, are not among them.
{ nixpkgs }:
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    filter
    head
    isAttrs
    length
    tryEval
    ;
  inherit
    (import (nixpkgs + "/nixos/lib/eval-config.nix") {
      system = "x86_64-linux";
      modules = [ ];
    })
    options
    ;
  safely =
    fallback: value:
    let
      result = tryEval value;
    in
    if result.success then result.value else fallback;
  isOption = value: isAttrs value && (value._type or null) == "option";
  last = list: elemAt list (length list - 1);
  fileOf =
    option:
    let
      files = safely [ ] (map toString (option.declarations or [ ]));
    in
    if files == [ ] then null else head files;
  walk =
    path: set:
    concatMap (
      name:
      let
        value = safely null set.${name};
        here = path ++ [ name ];
      in
      if !isAttrs value || length here > 7 then
        [ ]
      else if isOption value then
        (
          if name == "enable" then
            [
              {
                path = here;
                file = fileOf value;
              }
            ]
          else
            [ ]
        )
      else
        walk here value
    ) (filter (name: name != "_module") (attrNames set));
in
concatMap (top: safely [ ] (walk [ top ] (options.${top} or { }))) [
  "services"
  "virtualisation"
  "programs"
  "networking"
  "hardware"
  "security"
]
