# A server whose root is wiped at boot: import this folder and set pantherOS.serverImpermanence.enable.
{
  imports = [
    ./impermanence.nix
    ./snapshots.nix
  ];
}
