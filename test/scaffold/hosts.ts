/** A host that a test writes: what of the modules' choices it makes. */
export interface ScaffoldChoice {
  readonly name: string;
  readonly release: string;
  readonly systemdStage1: boolean;
  readonly backend: "impermanence" | "preservation" | "none";
  readonly baseline: boolean;
  readonly mode: "balanced" | "io-optimized" | "space-optimized";
  readonly snapshots: "own" | "btrbk";
  /** Whether disko lays out the disk, as with-disko.nix has it. */
  readonly disko: boolean;
}

/**
 * Every combination of release, kind of stage 1, persistence module, mode and what takes snapshots that the modules
 * promise; a baseline and disko's layout go along with half of them each.
 */
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
        (["balanced", "io-optimized", "space-optimized"] as const).flatMap((mode, index) =>
          (["own", "btrbk"] as const).map((snapshots, number) => {
            const baseline = (index + number) % 2 === 0;
            const disko = index !== number;
            const stage = systemdStage1 ? "systemd" : "scripted";
            const rest = [baseline ? "baseline" : "empty", disko ? "disko" : "fileSystems"];
            return {
              name: [release, stage, backend, mode, snapshots, ...rest].join(", "),
              ...{ release, systemdStage1, backend, baseline, mode, snapshots, disko },
            };
          }),
        ),
      ),
  );
}

/** The flake of such a host; the modules are expected in ./server. */
export function scaffoldHost(choice: ScaffoldChoice): string {
  const { release, systemdStage1, backend, baseline, mode, snapshots, disko } = choice;
  const module = { impermanence: "impermanence", preservation: "preservation", none: "" }[backend];
  const mount = (path: string, subvolume: string): string =>
    `fileSystems."${path}" = { device = "/dev/disk/by-partlabel/main"; fsType = "btrfs"; ` +
    `options = [ "subvol=${subvolume}" "noatime" "compress=zstd:1" ]; };`;
  const mounts = `
          ${mount("/", "root")}
          ${mount("/nix", "nix")}
          ${mount("/persist", "persist")}
          ${mount("/.snapshots", "snapshots")}
          fileSystems."/boot" = { device = "/dev/disk/by-label/ESP"; fsType = "vfat"; };`;
  return `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-${release}";
  inputs.impermanence.url = "github:nix-community/impermanence";
  inputs.disko.url = "github:nix-community/disko";
  inputs.preservation.url = "github:nix-community/preservation";
  outputs = inputs: {
    nixosConfigurations.server = inputs.nixpkgs.lib.nixosSystem {
      system = "x86_64-linux";
      modules = [
        ./server
        ${systemdStage1 ? "" : "./server/scripted-stage-1.nix"}
        ${module && `./server/with-${module}.nix inputs.${module}.nixosModules.${module}`}
        ${disko ? "./server/with-disko.nix inputs.disko.nixosModules.disko" : ""}
        {
          ${disko ? LAYOUT : mounts}
          boot.loader.systemd-boot.enable = true;
          boot.initrd.systemd.enable = ${systemdStage1};
          services.openssh.enable = true;
          users.mutableUsers = false;
          system.stateVersion = "${release}";
          pantherOS.serverImpermanence = {
            enable = true;
            baseline = ${baseline ? '"root-blank"' : "null"};
            performanceMode = "${mode}";
            snapshotPolicy.backend = "${snapshots}";
            monitoring.enable = true;
            notify = "logger \\"$UNIT failed\\"";
            noCow = [ "/var/lib/databases" ];
            compression."/persist/archive" = "zstd";
          };
          ${backend === "none" ? BY_HAND : ""}
        }
      ];
    };
  };
}
`;
}

const LAYOUT = 'pantherOS.serverImpermanence.layout.disk = "/dev/disk/by-id/scsi-1";';

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
