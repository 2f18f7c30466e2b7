lib:
let
  # What configurations ask of `pkgs.stdenv.hostPlatform` and of `lib.systems`.
  parse =
    system:
    let
      parts = lib.splitString "-" system;
    in
    {
      cpu = builtins.head parts;
      kernel = builtins.elemAt parts 1;
    };

  # The platforms that nixpkgs names: processors by kernel.
  processors = {
    cygwin = "i686 x86_64";
    darwin = "x86_64 aarch64";
    freebsd = "i686 x86_64 aarch64";
    genode = "aarch64 i686 x86_64";
    linux = "aarch64 arc armv5tel armv6l armv7a armv7l i686 loongarch64 m68k sh4 microblaze microblazeel mips mips64 mips64el mipsel powerpc powerpc64 powerpc64le riscv32 riscv64 s390 s390x x86_64";
    netbsd = "aarch64 armv6l armv7a armv7l i686 m68k mipsel powerpc riscv32 riscv64 x86_64";
    openbsd = "i686 x86_64";
    redox = "x86_64";
    solaris = "x86_64";
    uefi = "aarch64 x86_64";
    windows = "aarch64 x86_64 i686";
  };
  byKernel = lib.mapAttrs (
    kernel: names: map (cpu: "${cpu}-${kernel}") (lib.splitString " " names)
  ) processors;
  illumos = byKernel.solaris;
  unix = lib.concatMap (kernel: byKernel.${kernel}) [
    "cygwin"
    "darwin"
    "freebsd"
    "linux"
    "netbsd"
    "openbsd"
    "redox"
    "solaris"
  ];
  all = lib.concatLists (lib.attrValues byKernel);
  ofProcessor = cpu: lib.filter (system: (parse system).cpu == cpu) all;
in
rec {
  doubles = removeAttrs byKernel [ "solaris" ] // {
    inherit all illumos unix;
    aarch64 = ofProcessor "aarch64";
    i686 = ofProcessor "i686";
    x86_64 = ofProcessor "x86_64";
  };
  flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
    "x86_64-darwin"
    "armv6l-linux"
    "armv7l-linux"
    "i686-linux"
    "aarch64-darwin"
    "powerpc64le-linux"
    "riscv64-linux"
    "x86_64-freebsd"
  ];
  elaborate =
    given:
    let
      system = if builtins.isString given then given else given.system;
      inherit (parse system) cpu kernel;
      isAarch64 = cpu == "aarch64";
      isAarch32 = builtins.elem cpu [
        "armv6l"
        "armv7l"
      ];
      is64bit = lib.hasInfix "64" cpu;
    in
    {
      inherit system;
      config = "${cpu}-unknown-${kernel}${lib.optionalString (kernel == "linux") "-gnu"}";
      isLinux = kernel == "linux";
      isDarwin = kernel == "darwin";
      isFreeBSD = kernel == "freebsd";
      isx86 = builtins.elem cpu [
        "x86_64"
        "i686"
      ];
      isx86_64 = cpu == "x86_64";
      isx86_32 = cpu == "i686";
      isi686 = cpu == "i686";
      inherit isAarch64 isAarch32;
      isRiscV64 = cpu == "riscv64";
      isRiscV = lib.hasPrefix "riscv" cpu;
      isPower = lib.hasPrefix "powerpc" cpu;
      isArmv7 = lib.hasPrefix "armv7" cpu;
      isAarch = isAarch64 || isAarch32;
      isUnix = true;
      isBSD = lib.hasSuffix "bsd" kernel;
      isGnu = kernel == "linux";
      isWindows = false;
      isMusl = false;
      isStatic = false;
      inherit is64bit;
      is32bit = !is64bit;
    };
  equals = a: b: a.system == b.system;
}
