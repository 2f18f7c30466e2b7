import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** Paths of services that are named by containers, with whether the next boot keeps them. */
async function written(text: string): Promise<Record<string, string>> {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ lib, config, ... }: {
      system.stateVersion = "25.05";
      fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
      fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; neededForBoot = true; };
      environment.persistence."/persist".directories = [ "/srv/kept" ];
      environment.etc."app/config.toml".text = "";
      ${text}
    }`,
  });
  const services = hosts[0]?.services.filter(({ confidence }) => confidence === "configuration") ?? [];
  return Object.fromEntries(
    services.flatMap(({ state }) => state.map(({ path, fate }) => [path, fate.survives.answer])),
  );
}

it("lists folders that oci-containers write to", async () => {
  expect(
    await written(`virtualisation.oci-containers.containers.app.volumes = [
      "/srv/kept/app:/data" "/srv/lost:/lost:rw,z" "/etc/app/config.toml:/config.toml" "named:/var/lib/app"
      "/etc/localtime:/etc/localtime:ro" "/srv/media:/media:ro" "/mnt/media:/media" "/run/podman/podman.sock:/var/run/docker.sock" "/anonymous"
    ];`),
  ).toEqual({ "/srv/kept/app": "yes", "/srv/lost": "no", "/etc/app/config.toml": "yes" });
});

it("lists folders of quadlets and of arion's projects", async () => {
  const quadlet =
    'virtualisation.quadlet.containers.app.containerConfig.volumes = [ "/srv/quadlet:/data" "app.volume:/x" ];';
  const arion = 'virtualisation.arion.projects.p.settings.services.app.service.volumes = [ "/srv/arion:/data" ];';
  expect(await written(quadlet + arion)).toEqual({ "/srv/quadlet": "no", "/srv/arion": "no" });
});

it("lists what NixOS containers may write to outside of themselves", async () => {
  expect(
    await written(`containers.app = {
      bindMounts."/data" = { hostPath = "/srv/app"; isReadOnly = false; };
      bindMounts."/srv/same".isReadOnly = false;
      bindMounts."/srv/read" = { hostPath = "/srv/read"; };
    };`),
  ).toEqual({ "/srv/app": "no", "/srv/same": "no" });
});

it("leaves a folder to the service that has it", async () => {
  expect(
    await written(`services.postgresql.enable = true; services.postgresql.dataDir = "/srv/db";
      virtualisation.oci-containers.containers.app.volumes = [ "/srv/db/x:/data" ];`),
  ).toEqual({});
});

it("does not say that a NixOS container keeps something where it is ephemeral", async () => {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ system.stateVersion = "25.05"; containers.a.ephemeral = true; containers.b = { }; }`,
  });
  expect(hosts[0]?.services.map(({ enable }) => enable)).toEqual(["containers.b"]);
});
