import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

describe("aliases of options", () => {
  it("into one store and into its users do not need each other", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.preservation.url = "github:nix-community/preservation";
        outputs = { nixpkgs, preservation, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {
            modules = [ preservation.nixosModules.default ./host.nix ];
          };
        };
      }`,
      "/host.nix": `{ lib, config, ... }: let user = config.me; in {
        imports = [
          (lib.mkAliasOptionModule [ "keep" "os" ] [ "preservation" "preserveAt" "/persist" ])
          (lib.mkAliasOptionModule [ "keep" "user" ] [ "preservation" "preserveAt" "/persist" "users" user ])
        ];
        options.me = lib.mkOption { type = lib.types.str; default = "bob"; };
        config = {
          preservation.enable = true;
          preservation.preserveAt."/persist" = { directories = [ "/var/log" ]; users.\${user}.directories = [ ".ssh" ]; };
          keep.os.directories = [ "/var/lib/nixos" ];
          keep.user.directories = [ ".config" ];
        };
      }`,
    });
    const [store] = hosts[0]?.stores ?? [];
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(store?.open).toEqual([]);
    expect(store?.directories.map(({ path }) => path).sort()).toEqual([
      "/home/bob/.config",
      "/home/bob/.ssh",
      "/var/lib/nixos",
      "/var/log",
    ]);
  });

  it("into one account take what its options take", async () => {
    const { hosts, findings } = await analyseFiles({
      "/configuration.nix": `{ lib, config, ... }: {
        imports = map (name: lib.mkAliasOptionModule [ "me" name ] [ "users" "users" "bob" name ]) [ "extraGroups" "uid" ];
        me.extraGroups = [ "wheel" ];
        me.uid = 1000;
        environment.persistence."/persist".directories = map (group: "/srv/\${group}") config.users.users.bob.extraGroups;
      }`,
    });
    expect(findings.map(({ code }) => code)).not.toContain("IMP011");
    expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/srv/wheel"]);
  });

  it("into what home-manager has of a person, whose module is not in sight", async () => {
    const { hosts } = await analyseFiles({
      "/configuration.nix": `{ lib, config, ... }: {
        imports = [ (lib.mkAliasOptionModule [ "my" "home" ] [ "home-manager" "users" "ada" ]) ];
        my.home = { programs.atuin.enable = true; };
        home-manager.users.ada.home.stateVersion = "25.05";
        environment.persistence."/persist".directories =
          if config.home-manager.users.ada.programs.atuin.enable then [ "/right" ] else [ "/wrong" ];
      }`,
    });
    expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/right"]);
  });

  it("give the value of another option, and do not make one of their own of several definitions", async () => {
    const { findings } = await analyseFiles({
      "/configuration.nix": `{ lib, config, pkgs, ... }: {
        imports = [
          (lib.mkAliasOptionModule [ "hm" ] [ "home-manager" "users" "ada" ])
          { hm = { pkgs, ... }: { home.packages = [ pkgs.git ]; }; }
          { hm = lib.mkIf config.services.openssh.enable { programs.ssh.enable = true; }; }
        ];
        hm.programs.atuin.enable = true;
        fileSystems = { };
        environment.persistence."/persist".directories = lib.optional (config.hm.programs.atuin.enable or false) "/a";
      }`,
    });
    expect(findings.map(({ code }) => code)).not.toContain("IMP011");
  });

  it("do not take what lies in an option for an option", async () => {
    const { hosts } = await analyseFiles({
      "/configuration.nix": `{ lib, options, ... }: {
        users.users.alice.isNormalUser = true;
        environment.persistence."/persist".directories =
          if options.users.users ? alice then [ "/wrong" ] else [ "/right" ];
      }`,
    });
    expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/right"]);
  });
});
