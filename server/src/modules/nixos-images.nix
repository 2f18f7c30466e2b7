# Modules of NixOS that make an image of a host, by their files below `nixos/modules`: live media, cards, disks of
# virtual machines. They say here what they say there of filesystems, boot loaders and accounts, as in the releases
# from 24.05 on. What differs between those is left out: a squashfs that several threads unpack is the same filesystem.
{ lib, ... }:
let
  inherit (lib)
    mkDefault
    mkIf
    mkImageMediaOverride
    mkOptionDefault
    ;

  # A module of which there is one, however often it is imported.
  module = file: content: { key = "nixos/modules/${file}"; } // content;
  importing = file: imports: module file { inherit imports; };

  tmpfs = mkImageMediaOverride {
    fsType = "tmpfs";
    options = [ "mode=0755" ];
  };
  writableTmpfs = mkImageMediaOverride {
    fsType = "tmpfs";
    options = [ "mode=0755" ];
    neededForBoot = true;
  };
  storeImage =
    device:
    mkImageMediaOverride {
      inherit device;
      fsType = "squashfs";
      options = [ "loop" ];
      neededForBoot = true;
    };
  overlaidStore = mkImageMediaOverride {
    overlay = {
      lowerdir = [ "/nix/.ro-store" ];
      upperdir = "/nix/.rw-store/store";
      workdir = "/nix/.rw-store/work";
    };
  };

  layoutOfLiveMedium = config: {
    "/" = tmpfs;
    "/iso" = mkImageMediaOverride {
      device =
        if config.boot.initrd.systemd.enable then
          "/dev/disk/by-label/${config.isoImage.volumeID}"
        else
          "/dev/root";
      fsType = "iso9660";
      neededForBoot = true;
      noCheck = true;
    };
    "/nix/.ro-store" = storeImage "/iso/nix-store.squashfs";
    "/nix/.rw-store" = writableTmpfs;
    "/nix/store" = overlaidStore;
  };
  # With what the workspace adds to it.
  liveFileSystems =
    config:
    let
      layout = layoutOfLiveMedium config;
    in
    layout // removeAttrs config.lib.isoFileSystems (builtins.attrNames layout);

  isoImageWith =
    naming:
    { config, ... }:
    module "installer/cd-dvd/iso-image.nix" {
      imports = [ naming ];
      lib.isoFileSystems = layoutOfLiveMedium config;
      fileSystems = liveFileSystems config;
      boot.loader.grub.enable = false;
      boot.loader.timeout = 10;
    };
  isoImage = isoImageWith (
    {
      config,
      lib,
      pkgs,
      ...
    }:
    let
      inherit (config.isoImage) edition;
      platform = lib.head (lib.splitString "-" pkgs.stdenv.hostPlatform.system);
    in
    {
      isoImage.edition = mkOptionDefault "";
      isoImage.volumeID = mkOptionDefault (
        lib.concatStringsSep "-" (
          [ "nixos" ] ++ lib.optional (edition != "") edition ++ [ lib.trivial.release platform ]
        )
      );
    }
  );

  # Whoever installs from it logs in without a password.
  installationDevice = module "profiles/installation-device.nix" {
    users.users.nixos = {
      isNormalUser = true;
      extraGroups = [
        "wheel"
        "networkmanager"
        "video"
      ];
      initialHashedPassword = "";
    };
    users.users.root.initialHashedPassword = "";
    services.openssh.enable = mkDefault true;
    boot.swraid.enable = true;
  };

  installationCdWith =
    image:
    { config, ... }:
    module "installer/cd-dvd/installation-cd-base.nix" {
      imports = [
        image
        installationDevice
      ];
      swapDevices = mkImageMediaOverride [ ];
      fileSystems = mkImageMediaOverride (liveFileSystems config);
    };

  installationCd = installationCdWith isoImage;
  # What the others call their edition has changed, and with it the label of the medium.
  editions = {
    graphical-calamares-gnome = "gnome";
    graphical-calamares-plasma6 = "plasma6";
    minimal = "minimal";
    minimal-combined = "minimal";
    minimal-new-kernel = "minimal";
    minimal-new-kernel-no-zfs = "minimal";
  };
  installationCdOf =
    name:
    module "installer/cd-dvd/installation-cd-${name}.nix" (
      if editions ? ${name} then
        {
          imports = [ installationCd ];
          isoImage.edition = mkDefault editions.${name};
        }
      else
        { imports = [ (installationCdWith (isoImageWith { })) ]; }
    );

  netboot = module "installer/netboot/netboot.nix" {
    fileSystems = {
      "/" = tmpfs;
      "/nix/.ro-store" = storeImage "../nix-store.squashfs";
      "/nix/.rw-store" = writableTmpfs;
      "/nix/store" = overlaidStore;
    };
    boot.loader.grub.enable = false;
    boot.loader.timeout = 10;
  };
  netbootBase = importing "installer/netboot/netboot-base.nix" [
    netboot
    installationDevice
  ];

  sdImage =
    { config, ... }:
    module "installer/sd-card/sd-image.nix" {
      sdImage.firmwarePartitionName = mkOptionDefault "FIRMWARE";
      sdImage.rootVolumeLabel = mkOptionDefault "NIXOS_SD";
      fileSystems = {
        "/boot/firmware" = partition config.sdImage.firmwarePartitionName "vfat" // {
          options = [
            "nofail"
            "noauto"
          ];
        };
        "/" = partition config.sdImage.rootVolumeLabel "ext4";
      };
    };
  board =
    name:
    module "installer/sd-card/sd-image-${name}.nix" {
      imports = [ sdImage ];
      boot.loader.grub.enable = false;
      boot.loader.generic-extlinux-compatible.enable = true;
    };

  # Partitions of an image. Some releases say it with `mkDefault`, some plainly, so that NixOS refuses another device: here
  # the workspace is taken at its word.
  partition = label: fsType: {
    device = mkDefault "/dev/disk/by-label/${label}";
    fsType = mkDefault fsType;
  };
  # The disk of a virtual machine or of an instance in a cloud.
  rootByLabel = partition "nixos" "ext4" // { autoResize = true; };
  espByLabel = partition "ESP" "vfat";

  proxmox =
    { config, ... }:
    let
      cfg = config.proxmox;
      hasBoot = cfg.partitionTableType == "efi" || cfg.partitionTableType == "hybrid";
    in
    module "virtualisation/proxmox-image.nix" {
      proxmox.qemuConf.bios = mkOptionDefault "seabios";
      proxmox.partitionTableType = mkOptionDefault (if cfg.qemuConf.bios == "seabios" then "legacy" else "efi");
      fileSystems."/" = rootByLabel;
      fileSystems."/boot" = mkIf hasBoot espByLabel;
      boot.loader.grub.device = mkDefault (if cfg.partitionTableType == "efi" then "nodev" else "/dev/vda");
      boot.loader.grub.efiSupport = mkDefault hasBoot;
      boot.loader.grub.efiInstallAsRemovable = mkDefault hasBoot;
      boot.loader.timeout = 0;
      services.sshd.enable = mkDefault true;
    };

  amazon =
    { config, pkgs, ... }:
    let
      cfg = config.ec2;
    in
    module "virtualisation/amazon-image.nix" {
      ec2.efi = mkOptionDefault pkgs.stdenv.hostPlatform.isAarch64;
      ec2.zfs.enable = mkOptionDefault false;
      fileSystems."/" = mkIf (!cfg.zfs.enable) rootByLabel;
      fileSystems."/boot" = mkIf (cfg.efi || cfg.zfs.enable) espByLabel;
      boot.loader.grub.device = if cfg.efi then "nodev" else "/dev/xvda";
      boot.loader.grub.efiSupport = cfg.efi;
      boot.loader.grub.efiInstallAsRemovable = cfg.efi;
      services.openssh.enable = true;
    };

  digitalOcean = module "virtualisation/digital-ocean-config.nix" {
    fileSystems."/" = rootByLabel;
    boot.loader.grub.devices = [ "/dev/vda" ];
    services.openssh.enable = mkDefault true;
  };

  hyperV = module "virtualisation/hyperv-image.nix" {
    fileSystems."/" = rootByLabel;
    fileSystems."/boot" = espByLabel;
    boot.loader.grub.device = "nodev";
    boot.loader.grub.efiSupport = true;
    boot.loader.grub.efiInstallAsRemovable = true;
  };

  oracle =
    { config, ... }:
    let
      cfg = config.oci;
    in
    module "virtualisation/oci-common.nix" {
      oci.efi = mkOptionDefault true;
      fileSystems."/" = rootByLabel;
      fileSystems."/boot" = mkIf cfg.efi espByLabel;
      boot.loader.efi.canTouchEfiVariables = false;
      boot.loader.grub.device = if cfg.efi then "nodev" else "/dev/sda";
      boot.loader.grub.efiInstallAsRemovable = cfg.efi;
      boot.loader.grub.efiSupport = cfg.efi;
      services.openssh.enable = true;
    };

  files =
    folder: names: make:
    lib.listToAttrs (map (name: lib.nameValuePair "installer/${folder}-${name}.nix" (make name)) names);
  installationCds =
    files "cd-dvd/installation-cd"
      [
        "graphical-base"
        "graphical-calamares"
        "graphical-calamares-cosmic"
        "graphical-calamares-gnome"
        "graphical-calamares-plasma5"
        "graphical-calamares-plasma6"
        "graphical-combined"
        "graphical-gnome"
        "graphical-plasma5"
        "graphical-plasma5-new-kernel"
        "minimal"
        "minimal-combined"
        "minimal-new-kernel"
        "minimal-new-kernel-no-zfs"
      ]
      installationCdOf;
  boards = [
    "aarch64"
    "aarch64-new-kernel"
    "aarch64-new-kernel-no-zfs"
    "armv7l-multiplatform"
    "raspberrypi"
    "riscv64-qemu"
    "x86_64"
  ];
in
{
  "profiles/installation-device.nix" = installationDevice;
  "installer/cd-dvd/iso-image.nix" = isoImage;
  "installer/cd-dvd/installation-cd-base.nix" = installationCd;
  "installer/netboot/netboot.nix" = netboot;
  "installer/netboot/netboot-base.nix" = netbootBase;
  "installer/netboot/netboot-minimal.nix" = importing "installer/netboot/netboot-minimal.nix" [ netbootBase ];
  "installer/sd-card/sd-image.nix" = sdImage;
  "virtualisation/amazon-image.nix" = amazon;
  "virtualisation/digital-ocean-config.nix" = digitalOcean;
  "virtualisation/digital-ocean-image.nix" = importing "virtualisation/digital-ocean-image.nix" [ digitalOcean ];
  "virtualisation/hyperv-image.nix" = hyperV;
  "virtualisation/oci-common.nix" = oracle;
  "virtualisation/oci-image.nix" = importing "virtualisation/oci-image.nix" [ oracle ];
  "virtualisation/proxmox-image.nix" = proxmox;
}
// installationCds
// files "sd-card/sd-image" boards board
// files "sd-card/sd-image" (map (name: "${name}-installer") boards) (
  name:
  importing "installer/sd-card/sd-image-${name}.nix" [
    (board (lib.removeSuffix "-installer" name))
    installationDevice
  ]
)
