import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

async function homes(users: string): Promise<unknown[]> {
  const { hosts } = await analyseFiles({
    "/host.nix": `{
      system.stateVersion = "25.05";
      fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
      services.gitea.enable = true;
      users.users = { ${users} };
    }`,
  });
  const services = hosts[0]?.services.filter(({ enable }) => enable.startsWith("users.users.")) ?? [];
  return services.map(({ enable, state: [home] }) => [enable, home?.path, home?.user, home?.fate.survives.answer]);
}

it("lists homes that are made for programs", async () => {
  expect(
    await homes('bot = { isSystemUser = true; home = "/var/lib/bot"; createHome = true; group = "bots"; };'),
  ).toEqual([["users.users.bot", "/var/lib/bot", "bot", "no"]]);
});

it.each([
  ['me = { isNormalUser = true; home = "/var/home/me"; createHome = true; };', "of a person"],
  ['bot = { isSystemUser = true; home = "/var/lib/bot"; };', "that nobody makes"],
  ['bot = { isSystemUser = true; home = "/var/empty"; createHome = true; };', "that is empty"],
  ['gitea = { home = "/var/lib/gitea"; createHome = true; };', "that a service owns"],
])("leaves out a home %s", async (users) => {
  expect(await homes(users)).toEqual([]);
});
