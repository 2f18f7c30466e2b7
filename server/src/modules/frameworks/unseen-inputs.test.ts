import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { isPrivate, releaseOf } from "../flake-inputs.ts";

const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/lib/x" ];
}`;

/** A flake of which one host imports a module of the input `extra`. */
const importing = (url: string) => ({
  "/flake.nix": `{
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    inputs.extra.url = "${url}";
    outputs = { nixpkgs, extra, ... }: {
      nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix extra.nixosModules.default ]; };
    };
  }`,
  "/host.nix": HOST,
});

const flakeParts = (module: string, inputs = "", address = "github:hercules-ci/flake-parts") => `{
  inputs.flake-parts.url = "${address}";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  ${inputs}
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (${module});
}`;

describe("modules of inputs that are not in the workspace", () => {
  it.each([
    "git+ssh://git@example.org/me/extra.git?ref=main",
    "git+file:///home/me/extra",
    "git+https://me:token@git.home.arpa/me/extra",
    "git+http://192.168.1.2/me/extra",
  ])("may persist anything when the input is private: %s", async (url) => {
    const { hosts } = await analyseFiles(importing(url));
    const [reason] = hosts[0]?.incomplete ?? [];
    expect(reason?.why).toContain("comes from the private flake input");
    expect(reason?.why).not.toContain("token");
    expect(hosts[0]?.fateOf("/var/lib/other").survives.answer).toBe("unknown");
  });

  it.each(["github:nix-community/nixos-generators", "github:nvmd/nixos-raspberrypi"])(
    "may mount anything when they are for images or other platforms: %s",
    async (url) => {
      const { hosts } = await analyseFiles(importing(url));
      expect(hosts[0]?.incomplete[0]?.why).toContain("comes from a flake input that gives hosts filesystems");
      expect(hosts[0]?.fateOf("/var/lib/other").survives.answer).toBe("unknown");
    },
  );

  it("mount nothing where they only describe images", async () => {
    const files = importing("github:nix-community/nixos-generators");
    const flake = files["/flake.nix"].replaceAll(/nixosModules\.\w+/g, "nixosModules.all-formats");
    const { hosts } = await analyseFiles({
      "/flake.nix": flake,
      "/host.nix": '{ fileSystems."/".device = "/dev/x"; }',
    });
    expect(hosts[0]?.incomplete).toEqual([]);
  });

  it("leave the root of a host in WSL to Windows, which keeps it, whatever is said of it", async () => {
    const kind = async (name: string, more: string) => {
      const flake = importing("github:nix-community/NixOS-WSL")["/flake.nix"].replaceAll("extra", name);
      const host = `{ lib, config, ... }: { fileSystems."/" = { device = "none"; fsType = "tmpfs"; }; ${more} }`;
      const { hosts } = await analyseFiles({ "/flake.nix": flake, "/host.nix": host });
      expect(hosts[0]?.incomplete).toEqual([]);
      return hosts[0]?.ephemeralRoot.kind;
    };
    expect(await kind("nixos-wsl", "wsl.enable = true;")).toBe("none");
    expect(await kind("nixos-wsl", "")).toBe("tmpfs");
    expect(await kind("nixos-wsl", "wsl.enable = lib.mkForce false;")).toBe("tmpfs");
    expect(await kind("nixos-wsl", "wsl.enable = config.strange.option;")).toBe("unknown");
    // Where NixOS-WSL is not imported, the option is another one.
    expect(await kind("modules", "wsl.enable = true;")).toBe("tmpfs");
  });

  it("are known by their meaning for guests of microvm.nix", async () => {
    const { "/flake.nix": flake } = importing("github:microvm-nix/microvm.nix");
    const guest = `{
      microvm = { mem = 512; machineId = "c0ffee00-0000-4000-8000-000000000001"; shares = [
        { tag = "state"; source = "/srv/state"; mountPoint = "/persist"; proto = "virtiofs"; }
      ]; };
      fileSystems."/persist".neededForBoot = true;
      environment.persistence."/persist".directories = [ "/var/lib/x" ];
    }`;
    const { hosts, findings } = await analyseFiles({ "/flake.nix": flake, "/host.nix": guest });
    expect(hosts[0]?.ephemeralRoot.kind).toBe("tmpfs");
    expect(
      ["/var/lib/x", "/var/lib/y", "/etc/machine-id"].map((path) => hosts[0]?.fateOf(path).survives.answer),
    ).toEqual(["yes", "no", "yes"]);
    expect(findings.map(({ code }) => code).filter((code) => /^IMP3|IMP403/.test(code))).toEqual([]);
  });

  it("are judged by their name where the flake registry of a host made a store path of it", async () => {
    const lock = {
      nodes: {
        root: { inputs: { extra: "extra", "flake-parts": "flake-parts" } },
        extra: { original: { type: "indirect", id: "extra" }, locked: { type: "path", path: "/nix/store/x-source" } },
        "flake-parts": { locked: { type: "path", path: "/nix/store/y-source" } },
      },
      root: "root",
    };
    const { hosts } = await analyseFiles({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        outputs = { nixpkgs, extra, flake-parts, ... } @ inputs: flake-parts.lib.mkFlake { inherit inputs; } {
          systems = [ "x86_64-linux" ];
          flake.nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix extra.nixosModules.default ]; };
        };
      }`,
      "/flake.lock": JSON.stringify(lock),
      "/host.nix": HOST,
    });
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.opaque).toMatchObject([{ known: true }]);
  });

  it("are private where the address is a folder of this machine", () => {
    expect(["path:/home/me/extra", "/home/me/extra", "git@example.org:me/extra"].map(isPrivate)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["github:a/localhost", "https://example.org/local/x.tar.gz"].map(isPrivate)).toEqual([false, false]);
  });

  it.each(["github:someone/extra", "git+https://git.example.org/someone/extra", "https://flakehub.com/f/a/extra/*"])(
    "are listed and assumed to keep to themselves when it is public: %s",
    async (url) => {
      const { hosts } = await analyseFiles(importing(url));
      expect(hosts[0]?.incomplete).toEqual([]);
      expect(hosts[0]?.opaque).toMatchObject([{ known: true }]);
      expect(hosts[0]?.fateOf("/var/lib/other").survives.answer).toBe("no");
    },
  );

  it("are those of colmena when a host takes the options of deployments", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": `{
        inputs.colmena.url = "github:zhaofengli/colmena";
        outputs = { nixpkgs, colmena, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {
            modules = [ ./host.nix colmena.nixosModules.deploymentOptions { deployment.targetHost = "a.example.org"; } ];
          };
        };
      }`,
      "/host.nix": HOST,
    });
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.targets).toMatchObject([{ address: "a.example.org" }]);
  });
});

describe("inputs that are told apart by what flakes have", () => {
  it("are flakes unless flake.nix says otherwise", async () => {
    const { hosts, analysis } = await analyseFiles({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.agenix.url = "github:ryantm/agenix";
        inputs.texts = { url = "github:somebody/texts"; flake = false; };
        outputs = { nixpkgs, ... }@inputs: let
          flakes = nixpkgs.lib.filterAttrs (_: input: input ? outputs) inputs;
          kept = nixpkgs.lib.concatStringsSep "-" (builtins.filter (name: name != "self") (builtins.attrNames flakes));
        in {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {
            specialArgs = flakes;
            modules = [ ({ agenix, ... }: {
              imports = [ agenix.nixosModules.default ];
              environment.persistence."/persist".files = [ "/\${kept}" ];
            }) ];
          };
        };
      }`,
    });
    expect(analysis.unchecked).toEqual([]);
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.stores[0]?.files.map(({ path }) => path)).toEqual(["/agenix-nixpkgs"]);
  });
});

describe("nixpkgs by other ways", () => {
  it("is the nixpkgs of another input, and its package set by file", async () => {
    const { hosts, analysis } = await analyseFiles({
      "/flake.nix": `{
        inputs.console.url = "github:someone/console";
        outputs = { self, console, ... }: let
          inherit (console.inputs) nixpkgs;
          pkgs = import "\${nixpkgs.outPath}/pkgs/top-level/default.nix" { localSystem = { system = "x86_64-linux"; }; };
        in {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {
            modules = [ ./host.nix (pkgs.lib.optionalAttrs true { networking.hostName = "box"; }) ];
          };
        };
      }`,
      "/host.nix": HOST,
    });
    expect(analysis.unchecked).toEqual([]);
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.hostName).toMatchObject({ known: true, value: "box" });
  });

  it("has the release that FlakeHub's version numbers spell", () => {
    const at = (version: string) =>
      releaseOf({ url: `https://flakehub.com/f/NixOS/nixpkgs/${version}`, lockedAt: undefined });
    expect(at("0.2411.*")).toBe("24.11");
    expect(at("0.1")).toBe("unstable");
    expect(at("0.1.948651%2Brev-0")).toBe("unstable");
    expect(at("*")).toBeUndefined();
    const determinate = (rest: string) =>
      releaseOf({ url: `https://flakehub.com/f/DeterminateSystems/nixpkgs-${rest}`, lockedAt: undefined });
    expect(determinate("26.05-chilled/0.1")).toBe("26.05");
    expect(determinate("weekly/0.1")).toBe("unstable");
  });
});

describe("rolling branches", () => {
  const at = (date: string, url = "github:NixOS/nixpkgs/nixos-unstable") =>
    releaseOf({ url, lockedAt: Date.parse(date) / 1000 });

  it("have the defaults of 25.11 until they changed in April 2026, then those of 26.05", () => {
    expect(at("2025-11-30")).toBe("25.11");
    expect(at("2025-12-02")).toBe("25.11");
    expect(at("2026-04-05T23:00Z")).toBe("25.11");
    expect(at("2026-04-06T12:00Z")).toBe("unstable");
    expect(at("2026-04-16T12:00Z")).toBe("unstable");
    expect(at("2026-04-17T12:00Z")).toBe("26.05");
    expect(at("2026-06-16")).toBe("26.11");
  });

  it("import pools after resuming since 24.11, at a date in autumn 2024 that is not known to the day", () => {
    expect(at("2024-07-27")).toBe("24.05");
    expect(at("2024-09-20")).toBe("unstable");
    expect(at("2024-11-15")).toBe("24.11");
  });

  it("are meant by an address without a branch, but not by one of a revision", () => {
    expect(at("2026-02-01", "github:NixOS/nixpkgs")).toBe("25.11");
    expect(at("2026-02-01", "github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567")).toBeUndefined();
    expect(at("2026-02-01", "github:NixOS/nixpkgs/nixos-25.05")).toBe("25.05");
  });
});

describe("flake modules", () => {
  it("are taken once, however many others bring them", async () => {
    const { hosts, analysis } = await analyseFiles({
      "/flake.nix": flakeParts(
        `{ inputs, ... }: {
          imports = [ (inputs.flake-file.flakeModules.dendritic or { }) (inputs.den.flakeModules.dendritic or { }) ];
          den.hosts.x86_64-linux.box.users.me = { };
          den.aspects.box.nixos = ./host.nix;
        }`,
        'inputs.flake-file.url = "github:vic/flake-file"; inputs.den.url = "github:vic/den";',
      ),
      "/host.nix": HOST,
    });
    expect(analysis.unchecked).toEqual([]);
    expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/var/lib/x"]);
  });

  it("that write flake.nix bring the ones of other inputs", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": flakeParts(
        `{ inputs, self, ... }: {
          imports = [ inputs.flake-file.flakeModules.dendritic { flake.modules.nixos.base = ./more.nix; } ];
          flake-file.description = "hosts";
          flake.modules.nixos.base = ./base.nix;
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./host.nix self.modules.nixos.base ]; };
        }`,
        'inputs.flake-file.url = "github:vic/flake-file";',
      ),
      "/host.nix": HOST,
      "/base.nix": '{ environment.persistence."/persist".files = [ "/etc/machine-id" ]; }',
      "/more.nix": '{ environment.persistence."/persist".files = [ "/etc/adjtime" ]; }',
    });
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.stores[0]?.files.map(({ path }) => path).sort()).toEqual(["/etc/adjtime", "/etc/machine-id"]);
  });

  it("come from flake-parts on FlakeHub too, and take the path of a module as text", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": flakeParts(
        `{ inputs, self, ... }: {
          flake.nixosModules.base = "\${self}/base.nix";
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./host.nix self.nixosModules.base ]; };
        }`,
        "",
        "https://flakehub.com/f/hercules-ci/flake-parts/*",
      ),
      "/host.nix": HOST,
      "/base.nix": '{ environment.persistence."/persist".files = [ "/etc/machine-id" ]; }',
    });
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.stores[0]?.files.map(({ path }) => path)).toEqual(["/etc/machine-id"]);
  });

  it("of an input may hide every host, which is said; those of tools do not", async () => {
    const importing = (name: string) => ({
      "/flake.nix": flakeParts(
        `{ inputs, ... }: { imports = [ inputs.${name}.flakeModule ]; }`,
        `inputs.${name}.url = "github:a/${name}";`,
      ),
    });
    const hidden = await analyseFiles(importing("fleet"));
    expect(hidden.analysis.problems).toMatchObject([{ entry: "/flake.nix" }]);
    expect(hidden.analysis.problems[0]?.why).toContain("`fleet.flakeModule` comes from a flake input");
    expect((await analyseFiles(importing("dotfiles"))).analysis.problems).toHaveLength(1);
    expect((await analyseFiles(importing("treefmt-nix"))).analysis.problems).toEqual([]);
  });
});

describe("inputs in the same repository", () => {
  it.each([
    '"path:sub"',
    '"./sub"',
    '"path:./sub"',
    '"path:.?dir=sub"',
    '"./.?dir=sub"',
    '"git+file:.?dir=sub"',
    '"git+file:./?ref=main&dir=sub"',
    '"git+file:///work?dir=sub"',
    '"path:/work?dir=sub"',
  ])("are read: %s", async (url) => {
    const { hosts, analysis } = await analyseFiles({
      "/work/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.own.url = ${url};
        outputs = { nixpkgs, own, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix own.nixosModules.store ]; }; };
      }`,
      "/work/host.nix": HOST,
      "/work/sub/flake.nix": "{ outputs = { self }: { nixosModules.store = ./store.nix; }; }",
      "/work/sub/store.nix": '{ environment.persistence."/persist".directories = [ "/srv/own" ]; }',
    });
    expect(analysis.unchecked).toEqual([]);
    expect(hosts[0]?.incomplete).toEqual([]);
    expect(hosts[0]?.stores.flatMap(({ directories }) => directories.map(({ path }) => path))).toContain("/srv/own");
  });
});

describe("functions of inputs", () => {
  const host = async (imports: string) => {
    const { hosts } = await analyseFiles({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.core.url = "github:someone/core";
        outputs = { nixpkgs, core, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix { imports = ${imports}; } ]; };
        };
      }`,
      "/host.nix": HOST,
      "/parts/ssh.nix": '{ environment.persistence."/persist".directories = [ "/etc/ssh" ]; }',
    });
    return hosts[0]?.incomplete.map(({ why }) => why);
  };

  it("that import a folder of the workspace leave open what is in it", async () => {
    const why = ["imports cannot be read: `core.lib` comes from a flake input, which is not in the workspace"];
    expect(await host("core.lib.autoImport ./parts")).toEqual(why);
    expect(await host("[ (core.lib.moduleOf ./parts/ssh.nix) ]")).toEqual([why[0]?.replace("imports", "a module")]);
    expect(await host("core.lib.autoImport ./parts ++ [ ]")).toEqual([why[0]?.replace("imports", "some imports")]);
  });

  it("that make modules of their own are assumed to leave alone what the workspace says", async () => {
    expect(await host("[ (core.lib.moduleOf { size = 1; }) core.nixosModules.default ]")).toEqual([]);
  });
});
