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
in
rec {
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
      isAarch64 = cpu == "aarch64";
      isAarch32 = builtins.elem cpu [
        "armv6l"
        "armv7l"
      ];
      isRiscV64 = cpu == "riscv64";
      isUnix = true;
      is64bit = lib.hasInfix "64" cpu;
    };
  equals = a: b: a.system == b.system;
}
