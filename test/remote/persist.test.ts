import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffSchema } from "../../server/src/remote/diff/diff-schema.ts";
import { type Persisted, persistSchema } from "../../server/src/remote/persist/persist.ts";
import { runCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

const MODULE = `{
  fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=root" ]; };
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=persist" ]; neededForBoot = true; };
  boot.initrd.postResumeCommands = ''
    mkdir /top && mount -o subvol=/ /dev/vda2 /top
    btrfs subvolume delete /top/root && btrfs subvolume snapshot /top/root-blank /top/root
  '';
  environment.persistence."/persist" = {
    directories = [
      # What the host is.
      "/var/lib/nixos"
    ];
  };
  services.postgresql.enable = true;
}
`;

let host: TestHost;
const top = mkdtempSync(join(tmpdir(), "nix-impermanence-persist-"));
const folder = join(top, "web");
const module = join(folder, "configuration.nix");
beforeAll(async () => {
  mkdirSync(folder);
  host = await TestHost.start();
}, 60_000);
afterAll(() => {
  host?.run("destroy");
  rmSync(top, { recursive: true });
});

const sh = (script: string) => host.run("inside", "bash", "-euc", script);
const run = (verb: string, ...args: string[]) =>
  runCli(["remote", verb, "josh@127.0.0.1", ...args, "--ssh-config", host.configFile]);
const configuredArgs = ["--folder", folder, "--host", "web"];

function persist(paths: string[], ...flags: string[]): Persisted {
  const { stdout, stderr } = run("persist", ...paths, ...configuredArgs, ...flags, "--format", "json");
  if (stdout === "") throw new Error(stderr);
  return persistSchema.parse(JSON.parse(stdout));
}

function fateOf(path: string) {
  const { stdout } = run("diff", ...configuredArgs, "--format", "json");
  return diffSchema.parse(JSON.parse(stdout)).rows.find((row) => row.path === path)?.fate;
}

describe("persist", () => {
  it("shows the entry with owner and mode of the host, and writes it when told to", () => {
    writeFileSync(module, MODULE);
    sh(`mkdir -p /var/lib/app /var/lib/nixos; chown 1000:100 /var/lib/app; chmod 750 /var/lib/app; echo data >/var/lib/app/db
      printf abc >/etc/machine-id; ln -s app /var/lib/link`);
    const shown = persist(["/var/lib/app/", "/etc/machine-id", "/var/lib/nixos", "/var/lib/link", "/srv/none", "/etc"]);
    expect(readFileSync(module, "utf8")).toBe(MODULE);
    expect(shown).toMatchObject({ written: false, store: "/persist" });
    expect(shown.entries).toEqual([
      { kind: "directory", path: "/var/lib/app", user: "josh", group: "users", mode: "0750" },
      { kind: "file", path: "/etc/machine-id", user: "root", group: "root", mode: "0644" },
    ]);
    expect(shown.already.map(({ path }) => path)).toEqual(["/var/lib/nixos"]);
    expect(shown.refused.map(({ path }) => path)).toEqual(["/var/lib/link", "/srv/none", "/etc"]);
    expect(shown.patch).toContain(
      '+      { directory = "/var/lib/app"; user = "josh"; group = "users"; mode = "0750"; }',
    );
    expect(fateOf("/var/lib/app/db")).toMatchObject({ survives: "no" });

    expect(persist(["/var/lib/app", "/etc/machine-id"], "--write").written).toBe(true);
    const written = readFileSync(module, "utf8");
    expect(written).toContain('{ directory = "/var/lib/app"; user = "josh"; group = "users"; mode = "0750"; }');
    expect(written).toMatch(/files = \[\s*"\/etc\/machine-id"\s*\]/);
    expect(written).toContain("# What the host is.");
    expect(fateOf("/var/lib/app/db")).toMatchObject({ survives: "yes", by: "persisted in /persist" });
    expect(persist(["/var/lib/app"], "--write")).toMatchObject({ written: false, entries: [] });
    expect(readFileSync(module, "utf8")).toBe(written);

    for (const command of shown.commands) sh(command);
    expect(sh("cat /persist/var/lib/app/db /persist/etc/machine-id; stat -c '%U %a' /persist/var/lib/app")).toBe(
      "data\nabcjosh 750\n",
    );
  });

  it("writes names that could be code as the text they are, and prints them quoted", () => {
    writeFileSync(module, MODULE);
    const name = `/srv/\${builtins.abort "x"}'; touch executed; '\n$(touch executed)`;
    host.run("inside", "mkdir", "-p", name);
    const found = persist([name], "--write");
    expect(found.entries).toMatchObject([{ path: name }]);
    const facts = JSON.parse(runCli(["facts", folder, "--format", "json"]).stdout);
    expect(facts.stores[0].directories.map(({ path }: { path: string }) => path)).toContain(name);
    for (const command of found.commands) sh(`cd /; ${command}`);
    expect(host.run("inside", "ls", `/persist${name}`, "/root", "/home/josh")).not.toContain("executed\n");
    expect(sh("find / -xdev -name executed")).toBe("");
  });

  it("says what is missing where there is no configuration, or none that takes an entry", () => {
    const unknown = run("persist", "/srv", "--folder", top);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("--folder") });
    writeFileSync(module, '{ fileSystems."/" = { device = "none"; fsType = "tmpfs"; }; }');
    sh("mkdir -p /srv/data");
    const none = run("persist", "/srv/data", ...configuredArgs);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no store") });
  });
});
