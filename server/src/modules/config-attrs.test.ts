import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** The filesystems and stores of a host with a module. */
async function host(module: string) {
  const { hosts } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      inputs.home-manager.url = "github:nix-community/home-manager";
      inputs.shuttr.url = "github:example/shuttr";
      outputs = { nixpkgs, ... }@inputs: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; }; modules = [ ./host.nix ]; };
      };
    }`,
    "/host.nix": `{ config, lib, inputs, ... }: { ${module} }`,
  });
  const [only] = hosts;
  return {
    mounts: only?.fileSystems.map(({ mountpoint }) => mountpoint),
    kept: only?.stores.flatMap(({ directories }) => directories.map(({ path }) => path)),
    owners: only?.stores.flatMap(({ directories }) =>
      directories.map(({ user }) => (user?.known ? user.value : user?.why)),
    ),
    open: only?.stores.flatMap(({ open }) => open.map(({ why }) => why)),
  };
}

describe("a part of the configuration that is another option's value", () => {
  const disk = '{ device = "/dev/sda1"; fsType = "ext4"; }';
  it.each(["config.my.disks", "lib.mkForce config.my.disks", 'removeAttrs config.my.disks [ "/y" ]'])(
    "says what is set there, and nothing by default: %s",
    async (value) => {
      const { mounts } = await host(`fileSystems = ${value}; my.disks = { "/x" = ${disk}; "/z" = ${disk}; };`);
      expect(mounts).toEqual(["/x", "/z"]);
    },
  );
});

describe("what NixOS declares", () => {
  it("is no group of home-manager's", async () => {
    const { kept, open } = await host(`
      environment.persistence."/persist".directories = [ (if config ? home then "/home-manager" else "/nixos") ];`);
    expect({ kept, open }).toEqual({ kept: ["/nixos"], open: [] });
  });
});

describe("what home-manager declares", () => {
  it("is no group of NixOS's, which a home may ask for by `or`", async () => {
    const { kept, open } = await host(`
      imports = [ inputs.home-manager.nixosModules.home-manager ];
      networking.hostName = "a";
      home-manager.users.ada = { config, osConfig, ... }: {
        home.persistence."/persist".directories = [
          (if config.networking.hostName or "" == "a" then "nixos" else "home")
          (if config ? programs then osConfig.networking.hostName else "b")
        ];
      };`);
    expect({ kept, open }).toEqual({ kept: ["/home/ada/home", "/home/ada/a"], open: [] });
  });
});

describe("an option that nobody sets", () => {
  it("is of the input that is called as its group is", async () => {
    const list = (option: string) => `environment.persistence."/persist".directories = [ config.services.${option} ];`;
    const { open } = await host(`imports = [ inputs.shuttr.nixosModules.default ]; ${list("shuttr.storage.path")}`);
    expect(open?.join()).toContain(
      "`services.shuttr.storage.path`, and its default comes from a flake input, `shuttr`",
    );
    expect((await host(list("shuttr.storage.path"))).open?.join()).toContain("its default is not known here");
  });
});

it("takes `meta` for what it is in a set of options of one's own", async () => {
  const { kept } = await host(`
    options.my = lib.mkOption { type = lib.types.submoduleWith { modules = [ { options.meta.name = lib.mkOption { type = lib.types.str; }; } ]; }; };
    config.my.meta.name = "/srv";
    config.environment.persistence."/persist".directories = [ config.my.meta.name ];`);
  expect(kept).toEqual(["/srv"]);
});

it("knows who runs a service of NixOS' own where nobody says anything of units", async () => {
  const { owners } = await host(`environment.persistence."/persist".directories = [
    { directory = "/var/lib/matrix-synapse"; user = config.systemd.services.matrix-synapse.serviceConfig.User; } ];`);
  expect(owners).toEqual(["matrix-synapse"]);
});
