let
  filesystem = "/dev/disk/by-uuid/5e1c0b52-7c5d-4a6e-9a51-3f0d8d1a7b20";

  # All five: the filesystem cannot be mounted before the last of them is there.
  members = [
    "dev-disk-by\\x2dpartlabel-disk\\x2dboot\\x2ddata.device"
    "dev-disk-by\\x2dpartlabel-disk\\x2dsecond\\x2ddata.device"
    "dev-disk-by\\x2dpartlabel-disk\\x2dthird\\x2ddata.device"
    "dev-disk-by\\x2dpartlabel-disk\\x2dfourth\\x2ddata.device"
    "dev-disk-by\\x2dpartlabel-disk\\x2dfifth\\x2ddata.device"
  ];
in
{
  # The mount options of bcachefs subvolumes (X-mount.subdir) need the mount of util-linux, which only systemd's
  # initrd has.
  boot.initrd.systemd.enable = true;

  boot.initrd.systemd.services.reset-root = {
    description = "Archive the last root and start with an empty one";
    wantedBy = [ "initrd.target" ];
    requires = members;
    after = members;
    before = [ "sysroot.mount" ];
    unitConfig.DefaultDependencies = false;
    serviceConfig.Type = "oneshot";
    script = ''
      top=/run/bcachefs-top
      mkdir -p "$top"
      mount -t bcachefs ${filesystem} "$top"

      # Whatever happens below, there has to be a root to boot into.
      finish() {
        if [ ! -e "$top/@root" ]; then
          bcachefs subvolume create "$top/@root"
        fi
        umount "$top"
      }
      trap finish EXIT

      # A rename cannot fail halfway, and keeps subvolumes that were made inside the root.
      if [ -e "$top/@root" ]; then
        mv "$top/@root" "$top/@snapshots/root-$(date +%Y-%m-%dT%H:%M:%S)"
      fi
    '';
  };
}
