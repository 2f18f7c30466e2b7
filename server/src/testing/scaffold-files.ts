import { analyseHost, analyseWorkspace } from "../ide/analysis.ts";
import { planMigration } from "../scaffold/plan-migration.ts";
import { planScaffold } from "../scaffold/plan-scaffold.ts";
import type { ScaffoldAnswers, ScaffoldPlan, ScaffoldRequest } from "../scaffold/request.ts";
import { sourceWith } from "./analyse-files.ts";
import { testParser } from "./load-parser.ts";

type Files = Readonly<Record<string, string>>;
type Answers = Partial<ScaffoldAnswers> & Pick<ScaffoldAnswers, "host">;

/** Plans the modules for servers for a host of files in memory, whose project is `/`. */
export async function scaffoldFiles(files: Files, answers: Answers): Promise<ScaffoldPlan> {
  return planScaffold(await requestOf(files, answers));
}

/** The same for a host with the modules of the documents. */
export async function migrateFiles(files: Files, answers: Answers): Promise<ScaffoldPlan> {
  return planMigration(await requestOf(files, answers));
}

async function requestOf(files: Files, answers: Answers): Promise<ScaffoldRequest> {
  const parser = await testParser();
  const source = sourceWith(parser, files);
  const { hosts } = analyseWorkspace(source);
  const reference = hosts.find(({ host }) => host.name === answers.host)?.reference;
  return {
    answers: { folder: "modules/server-impermanence", ...answers },
    hosts,
    root: "",
    text: (path) => files[path],
    program: (path) => source.find(path),
    trial(texts) {
      const changed = sourceWith(parser, { ...files, ...Object.fromEntries(texts) });
      const checked = analyseHost(changed, reference!);
      const findings = "findings" in checked ? checked.findings : [];
      return { checked, findings, program: (path) => changed.find(path) };
    },
  };
}

/** The files after the plan. */
export function filesAfter(files: Files, plan: ScaffoldPlan): Record<string, string> {
  return { ...files, ...Object.fromEntries([...plan.files].map(([path, { after }]) => [path, after])) };
}

/** A server that does not wipe its root yet, written in one of the ways that people write them. */
export interface GeneratedHost {
  readonly release: string;
  readonly disk: "disko" | "fileSystems";
  /** What the names of subvolumes begin with. */
  readonly style: "" | "@";
  /** How the flake hands inputs on: by specialArgs, by one name for all, or by a pattern that names each. */
  readonly flake: "inputs" | "one name" | "pattern" | "closed pattern";
  readonly services: boolean;
  readonly hosts: 1 | 2;
}

/** Servers of every release, layout and way to write a flake. */
export function generatedHosts(): readonly (GeneratedHost & { readonly name: string })[] {
  const all: (GeneratedHost & { readonly name: string })[] = [];
  for (const release of ["24.11", "25.11", "26.05"])
    for (const disk of ["disko", "fileSystems"] as const)
      for (const [index, flake] of (["inputs", "one name", "pattern", "closed pattern"] as const).entries()) {
        // Two of the rest for each, so that all pairs are there.
        const style = (index + all.length) % 2 === 0 ? "" : "@";
        const services = index < 3;
        const hosts = (index + Number(release.slice(0, 2))) % 2 === 0 ? 1 : 2;
        const name = [release, disk, `${style}root`, flake, services ? "services" : "bare", `${hosts} hosts`].join(
          ", ",
        );
        all.push({ name, release, disk, style, flake, services, hosts });
      }
  return all;
}

/** The files of such a server, which is called `web`. */
export function hostFiles({ release, disk, style, flake, services, hosts }: GeneratedHost): Record<string, string> {
  const outputs = {
    inputs: "{ nixpkgs, disko, ... }@inputs:",
    "one name": "inputs:",
    pattern: "{ nixpkgs, disko, ... }:",
    "closed pattern": "{\n    self,\n    nixpkgs,\n    disko,\n  }:",
  }[flake];
  const from = flake === "one name" ? "inputs." : "";
  const host = (name: string) => `
    nixosConfigurations.${name} = ${from}nixpkgs.lib.nixosSystem {
      system = "x86_64-linux";${flake === "inputs" ? "\n      specialArgs = { inherit inputs; };" : ""}
      modules = [ ${from}disko.nixosModules.disko ./hosts/${name} ];
    };`;
  const other: Record<string, string> =
    hosts === 2
      ? { "/hosts/other/default.nix": '{ imports = [ ../web/disk.nix ]; system.stateVersion = "25.11"; }\n' }
      : {};
  return {
    "/flake.nix": `{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-${release}";
    disko.url = "github:nix-community/disko";
  };

  outputs = ${outputs} {${host("web")}${hosts === 2 ? host("other") : ""}
  };
}
`,
    "/hosts/web/default.nix": `{ config, lib, pkgs, ... }:

{
  imports = [ ./disk.nix ];

  boot.loader.systemd-boot.enable = true;
  services.openssh.enable = true;
${services ? SERVICES : ""}
  users.mutableUsers = false;
  users.users.op = {
    isNormalUser = true;
    openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA op" ];
  };
  system.stateVersion = "${release}";
}
`,
    "/hosts/web/disk.nix": disk === "disko" ? diskoText(style) : fileSystemsText(style),
    ...other,
  };
}

const SERVICES = `  services.postgresql.enable = true;
  services.caddy.enable = true;
  services.tailscale.enable = true;
  services.ollama.enable = true;
  virtualisation.podman.enable = true;
`;

function diskoText(style: string): string {
  const subvolume = (name: string, mountpoint: string) => `
              "${style}${name}" = {
                mountpoint = "${mountpoint}";
                mountOptions = [ "compress=zstd:1" "noatime" ];
              };`;
  return `{
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/sda";
    content = {
      type = "gpt";
      partitions = {
        ESP = {
          type = "EF00";
          size = "512M";
          content = {
            type = "filesystem";
            format = "vfat";
            mountpoint = "/boot";
            mountOptions = [ "umask=0077" ];
          };
        };
        root = {
          size = "100%";
          content = {
            type = "btrfs";
            subvolumes = {${subvolume("root", "/")}${subvolume("nix", "/nix")}
            };
          };
        };
      };
    };
  };
}
`;
}

function fileSystemsText(style: string): string {
  const mount = (path: string, name: string) =>
    `  fileSystems."${path}" = { device = "/dev/disk/by-label/nixos"; fsType = "btrfs"; ` +
    `options = [ "subvol=${style}${name}" "compress=zstd:1" "noatime" ]; };\n`;
  const boot =
    '  fileSystems."/boot" = { device = "/dev/disk/by-label/ESP"; fsType = "vfat"; options = [ "umask=0077" ]; };\n';
  return `{\n${mount("/", "root")}${mount("/nix", "nix")}${boot}}\n`;
}
