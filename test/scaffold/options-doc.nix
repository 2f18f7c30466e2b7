# The options of the modules for a reader: { folder } to a list of names, types, defaults and descriptions. The library
# is one of words: a type is what a reader is told of it.
{ folder }:

let
  mkOption = option: option // { _type = "option"; };
  unused = throw "options do not need this";
  lib = {
    inherit mkOption;
    mkEnableOption = what: mkOption {
      type = "true or false";
      default = false;
      description = "Turns on ${what}.";
    };
    literalExpression = text: text;
    literalMD = text: text;
    mkIf = unused;
    mkMerge = unused;
    mkDefault = unused;
    attrNames = builtins.attrNames;
    mapAttrs = builtins.mapAttrs;
    types = {
      bool = "true or false";
      str = "text";
      lines = "lines of text";
      attrs = "set";
      ints.positive = "number above 0";
      ints.unsigned = "number from 0";
      strMatching = _: "text";
      addCheck = _: _: { };
      nullOr = type: "${type} or null";
      listOf = type: "list of ${word type}";
      attrsOf = type: if builtins.isAttrs type then { attrsOf = type; description = "set of sets"; } else "set of ${type}";
      enum = values: builtins.concatStringsSep " \\| " (map (value: "`${value}`") values);
      either = a: b: "${word a} or ${word b}";
      submodule = type: type;
    };
  };
  word = type: if builtins.isAttrs type then type.description or "set" else type;

  arguments = {
    inherit lib;
    config = unused;
    pkgs = unused;
    utils = unused;
  };
  module =
    file:
    let
      value = import (folder + "/${file}");
      given = if builtins.isFunction value then value (builtins.intersectAttrs (builtins.functionArgs value) arguments) else value;
    in
    given.options.pantherOS.serverImpermanence or { };

  list =
    prefix: set:
    builtins.concatMap (
      name:
      let
        value = set.${name};
        full = "${prefix}${name}";
      in
      if value._type or "" != "option" then
        list "${full}." value
      else if value.internal or false then
        [ ]
      else
        [
          {
            name = full;
            type = word value.type;
            default = value.defaultText or (if value ? default then builtins.toJSON value.default else null);
            isText = value ? defaultText;
            inherit (value) description;
          }
        ]
        ++ (if value.type ? attrsOf then list "${full}.NAME." value.type.attrsOf.options else [ ])
    ) (builtins.attrNames set);
in
builtins.concatMap (file: list "" (module file)) [
  "impermanence.nix"
  "snapshots.nix"
  "performance.nix"
  "monitoring.nix"
  "with-disko.nix"
]
