# SYNTAX TEST "source.nix" "a shell script ends where Nix says, whatever it left open"

{
  preStart = ''
    echo "never closed
    if test; then
  '';
  a = 1;
# ^ entity.other.attribute-name.nix
#     ^ constant.numeric.integer.nix - meta.embedded
  postStop = ''
    x=$(cat <<END
    echo 'open'';
#             ^^ string.quoted.other.indented.nix - meta.embedded
  b = 2;
# ^ entity.other.attribute-name.nix
  script = ''echo # it's'';
  c = 3;
# ^ entity.other.attribute-name.nix
  fooHook = ''
    ${if x then ''
      echo "
    '' else if y then ''
      echo '
    '' else ""}
    echo
#   ^^^^ support.function.builtin.shell
  '';
  d = 4;
# ^ entity.other.attribute-name.nix
  fooCommands = '''';
# ^^^^^^^^^^^ entity.other.attribute-name.nix
  e = 5;
# ^ entity.other.attribute-name.nix
}
