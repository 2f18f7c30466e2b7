// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.

/** Nix files of the kinds that people write, each without a mistake. For property tests. */
export const sampleFiles: readonly string[] = [
  `# A host.
{ config, lib, pkgs, ... }:
let
  cfg = config.my.service;
  inherit (lib) mkIf mkOption types;
in
{
  imports = [ ./hardware.nix ../modules ];
  options.my.service = {
    enable = mkOption { type = types.bool; default = false; };
    path = mkOption { type = types.str; default = "/var/lib/\${cfg.name or "x"}"; };
  };
  config = mkIf (cfg.enable && !cfg.hidden) {
    environment.persistence."/persist" = {
      hideMounts = true;
      directories = [
        "/var/log" # logs
        { directory = "/var/lib/colord"; user = "colord"; mode = "u=rwx,g=rx,o="; }
      ] ++ lib.optionals (cfg.extra != [ ]) cfg.extra;
      files = [ "/etc/machine-id" ];
    };
    systemd.services.x.script = ''
      set -eu
      if [ -d "\${cfg.path}" ]; then
        echo ''\${HOME} $$ '''quoted'''
      fi
    '';
  };
}
`,
  `{
  description = "A flake";
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
    impermanence = { url = "github:nix-community/impermanence"; inputs.nixpkgs.follows = "nixpkgs"; };
  };
  outputs =
    {
      self,
      nixpkgs,
      impermanence, # the module
    }@inputs:
    {
      nixosConfigurations.host = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        specialArgs = { inherit inputs; };
        modules = [ ./configuration.nix impermanence.nixosModules.impermanence ({ ... }: { networking.hostName = "host"; }) ];
      };
    };
}
`,
  `{
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/sda";
    content = {
      type = "gpt";
      partitions.root = {
        size = "100%";
        content = {
          type = "btrfs";
          extraArgs = [ "-f" ];
          subvolumes = {
            "/root" = { mountpoint = "/"; mountOptions = [ "compress=zstd" "noatime" ]; };
            "/persist" = { mountpoint = "/persist"; };
          };
        };
      };
    };
  };
}
`,
  `{ lib, ... }: {
  boot.initrd.postResumeCommands = lib.mkAfter ''
    mkdir /btrfs_tmp
    mount /dev/root_vg/root /btrfs_tmp
    if [[ -e /btrfs_tmp/root ]]; then
        timestamp=$(date --date="@$(stat -c %Y /btrfs_tmp/root)" "+%Y-%m-%-d_%H:%M:%S")
        mv /btrfs_tmp/root "/btrfs_tmp/old_roots/$timestamp"
    fi
    delete_subvolume_recursively() {
        IFS=$'\\n'
        for i in $(btrfs subvolume list -o "$1" | cut -f 9- -d ' '); do
            delete_subvolume_recursively "/btrfs_tmp/$i"
        done
        btrfs subvolume delete "$1"
    }
    umount /btrfs_tmp
  '';
}
`,
  `let
  users = [ "ann" "bob" ];
  home = name: "/home/\${name}";
  fold = f: xs: if xs == [ ] then { } else f (builtins.head xs) // fold f (builtins.tail xs);
in
rec {
  a = 1 + 2 * 3 - 4 / 2;
  b = -a < 3 || a >= 4 && !(a == b);
  c = users |> map home |> builtins.length;
  d = { x, y ? 2, ... }@args: args.x or (args ? y.z -> x != y);
  e = with builtins; assert true; toString (fold (n: { \${n} = home n; }) users);
  "f g" = [ ./. ../x/\${a}.nix /etc/nixos <nixpkgs/lib> ~/dot 1.5 http://example.org/x?y=z ];
  inherit (d) x y;
}
`,
  `x: y: z: x (y z)`,
  `{ }`,
  `[ 1 2.5 "three" ''four'' five.six (seven eight) { nine = 10; } [ ] ]`,
  `# comments everywhere
/* one */ { /* two */ a /* three */ = /* four */ 1 /* five */ ; # six
  # seven
}
# eight`,
  `{ pkgs, }: pkgs.writeText "ünïcödé 😀" ''
  \${if true then ''
    inner
      text
  '' else "other"}
    last
''
`,
  `{\r\n  crlf = true;\r\n  text = "a\r\nb";\r\n  more = ''\r\n    x\r\n  '';\r\n}\r\n`,
];
