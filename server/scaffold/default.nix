# A server whose root is wiped at boot: import this folder and set pantherOS.serverImpermanence.enable.
{
  imports = [
    ./btrbk.nix
    ./impermanence.nix
    ./monitoring.nix
    ./performance.nix
    ./snapshots.nix
  ];
}
