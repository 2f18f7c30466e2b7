{
  imports = [
    ./declares-thing.nix
    ./sets-thing.nix
  ];
}
