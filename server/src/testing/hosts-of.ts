import { expect } from "vitest";
import type { Host } from "../host/host.ts";
import { analyseFiles } from "./analyse-files.ts";

/** A host that persists one directory on a tmpfs root. */
export const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/lib/x" ];
}`;

/** The hosts of files by their names; all of them are checked, without a problem of the checker. */
export async function hostsOf(files: Record<string, string>): Promise<Map<string, Host>> {
  const { hosts, analysis } = await analyseFiles(files);
  expect(analysis.problems).toEqual([]);
  expect(analysis.unchecked).toEqual([]);
  return new Map(hosts.map((host) => [host.name, host]));
}

/** The paths that are persisted for sure. */
export function persisted(host: Host | undefined): string[] {
  return (host?.stores ?? []).flatMap((store) =>
    [...store.directories, ...store.files].filter(({ certain }) => certain.answer === "yes").map(({ path }) => path),
  );
}

/** Why it is not known in full. */
export const whys = (host: Host | undefined) => (host?.incomplete ?? []).map(({ why }) => why);
