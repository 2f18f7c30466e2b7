# SYNTAX TEST "source.nix" "shell inside Nix strings"

{
  boot.initrd.systemd.services.rollback.script = ''
    mount -o subvolid=5 "${device}" /mnt # it's mounted
#   ^^^^^ meta.embedded.block.shellscript support.function.builtin.shell
#                       ^ string.quoted.double.shell
#                        ^^^^^^^^^ meta.embedded.block.shellscript string.quoted.double.shell meta.embedded.expression.nix
#                          ^^^^^^ variable.other.nix
#                                        ^^^^^^^^^^^^ comment.line.number-sign.shell
    echo "''${HOME} $$ $1" '
#         ^^ constant.character.escape.nix
#           ^^^^^^^ variable.other.bracket.shell - meta.embedded.expression
#                      ^^ variable.other.normal.shell
    still quoted ${name}' && echo
#   ^^^^^ string.quoted.single.shell
#                ^^^^^^^ meta.embedded.expression.nix
#                            ^^^^ support.function.builtin.shell - string
    cat <<END
#       ^^ keyword.operator.heredoc.shell
      it's text ${name}
#     ^^^^ string.unquoted.heredoc.shell
#               ^^^^^^^ meta.embedded.expression.nix
    END
#   ^^^ keyword.control.heredoc-token.shell
    echo
#   ^^^^ support.function.builtin.shell - string
  '';
# ^^ string.quoted.other.indented.nix - meta.embedded
  after = [ "a" ];
# ^^^^^ entity.other.attribute-name.nix - meta.embedded

  boot.initrd.postResumeCommands = lib.mkAfter ''
    set -e
#   ^^^ meta.embedded.block.shellscript
    ${lib.optionalString cfg.wait ''
#   ^^ meta.embedded.expression.nix
      echo waiting
#     ^^^^ meta.embedded.block.shellscript support.function.builtin.shell
    ''}
#   ^^ string.quoted.other.indented.nix
#     ^ punctuation.section.embedded.end.nix
    umount /mnt'' + lib.optionalString x ''
#   ^^^^^^ meta.embedded.block.shellscript
#              ^^ string.quoted.other.indented.nix - meta.embedded
#                 ^ keyword.operator.arithmetic.nix
    echo more
#   ^^^^ meta.embedded.block.shellscript
  '';

  preStart = "echo ${x}";
#            ^^^^^^ string.quoted.double.nix - meta.embedded
  postStop = ''echo "${a}" 'b''';
#              ^^^^ meta.embedded.block.shellscript support.function.builtin.shell
#                    ^^^^ meta.embedded.expression.nix
  '';
  system.activationScripts.homes.text = ''
    mkdir -p /home
#   ^^^^^ meta.embedded.block.shellscript
  '';
  system.activationScripts.other = { deps = [ ]; text = ''
    echo
#   ^^^^ meta.embedded.block.shellscript
  ''; };
  postCreateHook = /* sh */ ''
    mount
#   ^^^^^ meta.embedded.block.shellscript
  '';
  tagged =
    # bash
    ''
      mount
#     ^^^^^ meta.embedded.block.shellscript
    '';
  alsoTagged = /* bash */ ''mount a'';
#                           ^^^^^ meta.embedded.block.shellscript
  calls = [
    (pkgs.writeShellScript "x" ''
      mount
#     ^^^^^ meta.embedded.block.shellscript
    '')
    (pkgs.writeShellScriptBin "y-${z}" ''echo'')
#                                        ^^^^ meta.embedded.block.shellscript
    (writeShellApplication {
      name = "z";
      text = ''
        mount
#       ^^^^^ meta.embedded.block.shellscript
      '';
    })
    ''
      echo
#     ^^^^ string.quoted.other.indented.nix - meta.embedded
    ''
  ];
  environment.etc."x".text = ''
    mount
#   ^^^^^ string.quoted.other.indented.nix - meta.embedded
  '';
  testScript = ''
    mount
#   ^^^^^ string.quoted.other.indented.nix - meta.embedded
  '';
  merged = script: lib.mkMerge [ ''
    echo
#   ^^^^ - meta.embedded
  '' ];
  script = lib.mkMerge [ (lib.mkBefore ''
    mount
#   ^^^^^ meta.embedded.block.shellscript
  '') (let x = ''text''; in ''
#                ^^^^ - meta.embedded
    umount
#   ^^^^^^ meta.embedded.block.shellscript
  '') ];
}
