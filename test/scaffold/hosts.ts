/** A host that a test writes: what of the modules' choices it makes. */
export interface ScaffoldChoice {
  readonly name: string;
  readonly release: string;
  readonly systemdStage1: boolean;
  readonly backend: "impermanence" | "preservation" | "none";
  readonly baseline: boolean;
}

/** Every combination of release, kind of stage 1, persistence module and baseline that the modules promise. */
export function scaffoldHosts(): readonly ScaffoldChoice[] {
  const stages = [
    ["24.11", false],
    ["24.11", true],
    ["25.11", false],
    ["25.11", true],
    ["26.05", true],
  ] as const;
  return stages.flatMap(([release, systemdStage1]) =>
    (["impermanence", "preservation", "none"] as const)
      // preservation works with systemd in the initrd only.
      .filter((backend) => systemdStage1 || backend !== "preservation")
      .flatMap((backend) =>
        [true, false].map((baseline) => ({
          name: [release, systemdStage1 ? "systemd" : "scripted", backend, baseline ? "baseline" : "empty"].join(", "),
          ...{ release, systemdStage1, backend, baseline },
        })),
      ),
  );
}

/** The flake of such a host; the modules are expected in ./server. */
export function scaffoldHost({ release, systemdStage1, backend, baseline }: ScaffoldChoice): string {
  const module = { impermanence: "impermanence", preservation: "preservation", none: "" }[backend];
  const mount = (path: string, subvolume: string): string =>
    `fileSystems."${path}" = { device = "/dev/disk/by-partlabel/main"; fsType = "btrfs"; ` +
    `options = [ "subvol=${subvolume}" "noatime" "compress=zstd:1" ]; };`;
  return `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-${release}";
  inputs.impermanence.url = "github:nix-community/impermanence";
  inputs.preservation.url = "github:nix-community/preservation";
  outputs = inputs: {
    nixosConfigurations.server = inputs.nixpkgs.lib.nixosSystem {
      system = "x86_64-linux";
      modules = [
        ./server
        ${systemdStage1 ? "" : "./server/scripted-stage-1.nix"}
        ${module && `./server/with-${module}.nix inputs.${module}.nixosModules.${module}`}
        {
          ${mount("/", "root")}
          ${mount("/nix", "nix")}
          ${mount("/persist", "persist")}
          ${mount("/.snapshots", "snapshots")}
          fileSystems."/boot" = { device = "/dev/disk/by-label/ESP"; fsType = "vfat"; };
          boot.loader.systemd-boot.enable = true;
          boot.initrd.systemd.enable = ${systemdStage1};
          services.openssh.enable = true;
          users.mutableUsers = false;
          system.stateVersion = "${release}";
          pantherOS.serverImpermanence = {
            enable = true;
            baseline = ${baseline ? '"root-blank"' : "null"};
          };
          ${backend === "none" ? BY_HAND : ""}
        }
      ];
    };
  };
}
`;
}

/** What a host without a persistence module does itself. */
const BY_HAND = `
          fileSystems."/var/lib" = {
            device = "/persist/var/lib";
            fsType = "none";
            options = [ "bind" ];
            depends = [ "/persist" ];
            neededForBoot = true;
          };
          environment.etc."machine-id".source = "/persist/etc/machine-id";`;
