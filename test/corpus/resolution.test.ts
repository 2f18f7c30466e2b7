import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { analyseFiles } from "../../server/src/testing/analyse-files.ts";
import { unresolved } from "./resolution.ts";

it("pins repositories by whole commits, each once", () => {
  const pinned = JSON.parse(readFileSync("test/corpus/repositories.json", "utf8")) as {
    repository: string;
    commit: string;
  }[];
  for (const { repository, commit } of pinned) {
    expect(repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  }
  expect(new Set(pinned.map(({ repository }) => repository)).size).toBe(pinned.length);
});

async function openOf(module: string): Promise<string[]> {
  const { hosts } = await analyseFiles({ "/host.nix": module });
  return hosts.flatMap((host) => unresolved(host).map(({ what }) => what));
}

it("calls a host resolved when nothing of stores, filesystems and root is unknown", async () => {
  const known = `{
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    environment.persistence."/persist".directories = [ { directory = "/x"; user = "me"; } ];
  }`;
  expect(await openOf(known)).toEqual([]);
});

it.each([
  ['environment.persistence."/persist".directories = config.unseen.list;', "store /persist"],
  [
    'environment.persistence."/persist".directories = [ { directory = "/x"; user = config.unseen.user; } ];',
    "store /persist: /x",
  ],
  ['environment.persistence."/persist".directories = lib.optional config.unseen.flag "/x";', "store /persist: /x"],
  [`environment.persistence.\${config.unseen.root}.files = [ "/x" ];`, "host"],
  ['fileSystems."/x" = { device = config.unseen.device; fsType = "ext4"; };', "filesystem /x: device"],
  [
    'fileSystems."/x" = { device = "/dev/x"; fsType = "ext4"; options = config.unseen.options; };',
    "filesystem /x: options",
  ],
])("finds what is unknown in: %s", async (text, what) => {
  const open = await openOf(`{ config, lib, ... }: {
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    ${text}
  }`);
  expect(open).toContain(what);
});
