# SYNTAX TEST "source.nix" "the language itself"

{ config, lib, modulesPath ? ./., ... }@args:
# <- punctuation.section.braces.begin.nix
# ^^^^^^ variable.parameter.nix
#         ^^^ variable.parameter.nix
#                          ^ keyword.operator.default.nix
#                            ^^^ - variable.parameter.nix
#                                 ^^^ keyword.operator.ellipsis.nix
#                                      ^ keyword.operator.as.nix
#                                       ^^^^ variable.parameter.nix
#                                           ^ punctuation.definition.function.nix
{
  lib,
# ^^^ variable.parameter.nix
  pkgs
# ^^^^ variable.parameter.nix
  , stdenv
#   ^^^^^^ variable.parameter.nix
}:
let
# <--- keyword.control.let.nix
  inherit (lib) mkIf;
# ^^^^^^^ keyword.other.inherit.nix
#          ^^^ variable.other.nix
#               ^^^^ variable.other.inherited.nix
  twice = f: x: f (f x);
# ^^^^^ entity.other.attribute-name.nix
#         ^ variable.parameter.nix
#            ^ variable.parameter.nix
  let-like = with lib; assert true; in-like;
# ^^^^^^^^ entity.other.attribute-name.nix - keyword
#            ^^^^ keyword.other.with.nix
#                      ^^^^^^ keyword.control.assert.nix
#                             ^^^^ constant.language.nix
#                                   ^^^^^^^ variable.other.nix - keyword
  nested = let y = 1; in y;
#          ^^^ keyword.control.let.nix
#                     ^^ keyword.control.in.nix
  after = 1;
# ^^^^^ entity.other.attribute-name.nix
in
# <-- keyword.control.in.nix
rec {
# <--- storage.modifier.rec.nix
  a.b."c d".${e} = 1.5e3 + .5 - 12;
# ^ entity.other.attribute-name.nix
#   ^ entity.other.attribute-name.nix
#      ^^^ string.quoted.double.nix
#             ^ meta.embedded.expression.nix variable.other.nix
#                  ^^^^^ constant.numeric.float.nix
#                          ^^ constant.numeric.float.nix
#                               ^^ constant.numeric.integer.nix
  paths = [ ./hardware.nix ../a/${b}.nix ~/c /etc/nixos <nixpkgs/nixos> a/b ];
#           ^^^^^^^^^^^^^^ string.unquoted.path.nix
#                          ^^^^^ string.unquoted.path.nix
#                               ^^^^ meta.embedded.expression.nix
#                                   ^^^^ string.unquoted.path.nix - meta.embedded
#                                        ^^^ string.unquoted.path.nix
#                                            ^^^^^^^^^^ string.unquoted.path.nix
#                                                       ^^^^^^^^^^^^^^^ string.unquoted.path.lookup.nix
#                                                                       ^^^ string.unquoted.path.nix
  urls = [ https://nixos.org/?a=1&b=2 github:nix-community/disko ];
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^ string.unquoted.uri.nix
#                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^ string.unquoted.uri.nix
  ops = a // b ++ c -> !d && e || f == g |> h <| i;
#         ^^ keyword.operator.update.nix
#              ^^ keyword.operator.concatenation.nix
#                   ^^ keyword.operator.implication.nix
#                      ^ keyword.operator.logical.nix
#                         ^^ keyword.operator.logical.nix
#                                   ^^ keyword.operator.comparison.nix
#                                        ^^ keyword.operator.pipe.nix
#                                             ^^ keyword.operator.pipe.nix
  fallback = config.x.or or null;
#                     ^^ variable.other.property.nix
#                        ^^ keyword.operator.or.nix
#                           ^^^^ constant.language.nix
  has = a ? b.c;
#         ^ keyword.operator.has-attribute.nix
  choice = if a then b else c;
#          ^^ keyword.control.conditional.nix
#               ^^^^ keyword.control.conditional.nix
  calls = builtins.map toString (import ./x.nix) (lib.mkForce 1) (throw "no");
#         ^^^^^^^^ support.class.builtins.nix
#                  ^^^ support.function.builtin.nix
#                      ^^^^^^^^ support.function.builtin.nix
#                                ^^^^^^ support.function.builtin.nix
#                                                     ^^^^^^^ support.function.module.nix
  string = "a ${b + "c${d}"} \${e} $${f} \n";
#          ^^ string.quoted.double.nix
#             ^^^^^^^^^^^^^^ meta.embedded.expression.nix
#                   ^^ string.quoted.double.nix meta.embedded.expression.nix string.quoted.double.nix
#                            ^^ constant.character.escape.nix
#                              ^^^ - meta.embedded
#                                    ^ - meta.embedded
#                                        ^^ constant.character.escape.nix
  indented = ''
    text ${x} ''${y} ''' ''\t $${z}
#        ^^^^ meta.embedded.expression.nix
#             ^^^ constant.character.escape.nix
#                ^^^ - meta.embedded
#                    ^^^ constant.character.escape.nix
#                        ^^^^ constant.character.escape.nix
#                               ^ - meta.embedded
    echo "a"
#   ^^^^ string.quoted.other.indented.nix - meta.embedded
  '';
  /* a comment
     of two lines */
#    ^^^ comment.block.nix
  /** Documents what follows. */
#     ^^^^^^^^^ comment.block.documentation.nix
  last = /* inside */ 1; # at the end
#         ^ comment.block.nix
#                     ^ constant.numeric.integer.nix
#                        ^^^^^^^^^^^^ comment.line.number-sign.nix
}
