# The flakes of nix-systems: lists of platform names.
{
  default = [
    "aarch64-darwin"
    "aarch64-linux"
    "x86_64-darwin"
    "x86_64-linux"
  ];
  default-linux = [
    "aarch64-linux"
    "x86_64-linux"
  ];
  default-darwin = [
    "aarch64-darwin"
    "x86_64-darwin"
  ];
  x86_64-linux = [ "x86_64-linux" ];
  aarch64-linux = [ "aarch64-linux" ];
}
