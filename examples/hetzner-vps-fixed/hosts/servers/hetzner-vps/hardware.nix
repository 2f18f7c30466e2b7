{ modulesPath, ... }:

{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  boot.initrd.availableKernelModules = [
    "ahci"
    "sd_mod"
    "virtio_pci"
    "virtio_scsi"
    "xhci_pci"
  ];

  boot.loader = {
    systemd-boot.enable = true;
    efi.canTouchEfiVariables = true;
  };

  # networkd keeps its leases below /var/lib/systemd, which is persisted.
  networking.useNetworkd = true;
  networking.useDHCP = true;

  nixpkgs.hostPlatform = "x86_64-linux";
}
