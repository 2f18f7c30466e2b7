# Everything a btrfs server needs: mount options, root reset, snapshots.
{
  imports = [
    ./server-impermanence.nix
    ./server-snapshots.nix
  ];

  fileSystems = {
    "/".options = [
      "compress=zstd:3"
      "noatime"
      "ssd"
      "space_cache=v2"
      "discard=async"
      "subvol=root"
    ];

    "/nix".options = [
      "compress=zstd:1"
      "noatime"
      "ssd"
      "space_cache=v2"
      "discard=async"
      "subvol=nix"
    ];

    "/persist".options = [
      "compress=zstd:3"
      "noatime"
      "ssd"
      "space_cache=v2"
      "discard=async"
      "subvol=persist"
    ];

    "/var/log".options = [
      "compress=zstd:3"
      "noatime"
      "ssd"
      "space_cache=v2"
      "discard=async"
      "subvol=log"
    ];

    # Databases in containers write in place, so copy-on-write is off for them.
    "/var/lib/containers".options = [
      "compress=zstd:1"
      "noatime"
      "nodatacow"
      "nodatasum"
      "ssd"
      "space_cache=v2"
      "discard=async"
      "subvol=containers"
    ];
  };

  # Quotas keep tenants apart.
  services.btrfs.autoScrub = {
    enable = true;
    interval = "weekly";
    fileSystems = [ "/" ];
  };
}
