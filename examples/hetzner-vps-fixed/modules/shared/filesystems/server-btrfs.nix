# What a btrfs server shares: the reset of its root, snapshots, and care for the filesystem.
{
  imports = [
    ./server-impermanence.nix
    ./server-snapshots.nix
  ];

  # Copy-on-write is switched off where it hurts, on directories that are still empty: files made there later
  # inherit it. As a mount option it would apply to the whole filesystem or to nothing.
  systemd.tmpfiles.rules = [
    "d /var/lib/postgresql 0750 postgres postgres -"
    "h /var/lib/postgresql - - - - +C"
    "h /var/lib/containers - - - - +C"
  ];

  # One mountpoint is enough, a scrub reads the whole filesystem.
  services.btrfs.autoScrub = {
    enable = true;
    interval = "monthly";
    fileSystems = [ "/persist" ];
  };
}
