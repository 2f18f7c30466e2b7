import { expect, it } from "vitest";
import { folderWith, runCli } from "./run-cli.ts";

const HOST = `{
  imports = [ ./parts/disks.nix ];
  environment.persistence."/persist".directories = [ "/var/log" ];
  services.vaultwarden.enable = true;
}`;
const DISKS = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/nix" = { device = "/dev/vda1"; fsType = "ext4"; };
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
}`;

it("a file without a project around it is checked with what it imports, and nothing else below its folder is", () => {
  const folder = folderWith({
    "host.nix": HOST,
    "parts/disks.nix": DISKS,
    "downloads/broken.nix": "{ fileSystems = ",
    "downloads/other-host.nix": HOST.replace("./parts", "../parts"),
  });
  const { stdout, code } = runCli(["check", "host.nix", "--format", "concise"], { cwd: folder });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^host\.nix:4:\d+: information IMP401 `services\.vaultwarden\.enable`/m);
  expect(runCli(["hosts", "host.nix"], { cwd: folder }).stdout).toMatch(/^host +host\.nix +impermanent, root: tmpfs/);
  expect(runCli(["hosts", "host.nix"], { cwd: folder }).stdout).not.toContain("downloads");
  // A folder that is named is looked at as a whole.
  expect(runCli(["hosts", "."], { cwd: folder }).stdout).toContain("downloads/other-host.nix");
});
