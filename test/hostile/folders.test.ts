import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, LATE_STORE, runCli, writeFiles } from "../cli/run-cli.ts";

/*
 * Folders that were made to harm whoever reads them. Beside what is hostile lies an innocent host, for which the
 * command has to find what is wrong with it; it has to end by itself and to tell nothing of what lies outside.
 */

const SECRET = "outside-4711";
const FLAKE = `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  innocent = nixpkgs.lib.nixosSystem { modules = [ ./innocent.nix ]; };
  hostile = nixpkgs.lib.nixosSystem { modules = [ ./hostile.nix ]; };
}; }; }`;
const lock = (nodes: unknown) => JSON.stringify({ version: 7, root: "root", nodes });
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const deep = (count: number) => `${many(count, () => '{ "a": ')}1${many(count, () => "}")}`;

/** What makes a folder hostile. `{SECRET}` in a text is the path of a folder outside. */
const FOLDERS: Readonly<Record<string, (folder: string, outside: string) => void>> = {
  "reads files by the way out": (folder, outside) => {
    const ways = [
      `builtins.readFile ${outside}/secret.nix`,
      `builtins.readFile (./. + "/../${outside.split("/").at(-1)}/secret.nix")`,
      "builtins.readFile ./link.nix",
      `builtins.readFile "${outside}/secret.nix"`,
      "builtins.readFile ./folder-link/secret.nix",
      `import ${outside}/secret.nix`,
      'builtins.concatStringsSep "" (builtins.attrNames (builtins.readDir ./folder-link))',
      "builtins.readFile /etc/passwd",
      "builtins.readFile ../../../../../../../etc/passwd",
      "builtins.readFile /proc/self/environ",
    ];
    symlinkSync(join(outside, "secret.nix"), join(folder, "link.nix"));
    symlinkSync(outside, join(folder, "folder-link"));
    const uses = ways.map((way, index) => `environment.etc."${index}".text = ${way};`);
    write(
      folder,
      `{ ${uses.join(" ")} networking.hostName = builtins.readFile ./link.nix; imports = [ ./folder-link/secret.nix ]; }`,
    );
  },
  "imports what can not be read to its end": (folder) => {
    execFileSync("mkfifo", [join(folder, "fifo.nix"), join(folder, ".gitignore")]);
    symlinkSync("/dev/zero", join(folder, "zero.nix"));
    symlinkSync("loop.nix", join(folder, "loop.nix"));
    symlinkSync(".", join(folder, "again"));
    write(
      folder,
      "{ imports = [ ./fifo.nix ./zero.nix ./loop.nix ./again/again/again/hostile.nix /dev/random /dev/tty ]; }",
    );
  },
  "has a socket for a module": (folder) => {
    const server = createServer().listen(join(folder, "socket.nix"));
    server.unref();
    write(folder, "{ imports = [ ./socket.nix ]; }");
  },
  "may not be read": (folder) => {
    writeFiles(folder, { "closed/a.nix": "{ }", "b.nix": "{ }" });
    chmodSync(join(folder, "b.nix"), 0);
    chmodSync(join(folder, "closed"), 0);
    write(folder, "{ imports = [ ./closed/a.nix ./b.nix ]; }");
  },
  "imports itself by a hundred ways": (folder) => {
    writeFiles(folder, { "loop/default.nix": "{ imports = [ ../hostile.nix ./. ./default.nix ]; }" });
    write(folder, "{ imports = [ ./hostile.nix ./loop ./loop/default.nix ./loop/../hostile.nix ]; }");
  },
  "imports two generated modules each": (folder) =>
    write(folder, "let make = n: { imports = [ (make (n * 2)) (make (n * 2 + 1)) ]; }; in make 1"),
  "imports what depends on the configuration": (folder) =>
    write(folder, "{ config, ... }: { imports = if config.a then [ ./innocent.nix ] else [ ]; config.a = true; }"),
  "nests submodules without end": (folder) =>
    write(
      folder,
      `{ lib, config, ... }: let t = lib.types.submodule { options.inner = lib.mkOption { type = t; default = { }; }; }; in {
        options.x = lib.mkOption { type = t; default = { }; };
        config.environment.etc.a.text = builtins.toJSON config.x;
        config.networking.hostName = builtins.toJSON config.x;
      }`,
    ),
  "has a type of itself": (folder) =>
    write(
      folder,
      `{ lib, config, ... }: let t = lib.types.listOf (lib.types.either t (lib.types.attrsOf t)); l = [ l ]; in {
        options.x = lib.mkOption { type = t; }; config.x = l; config.networking.hostName = builtins.toJSON config.x; }`,
    ),
  "defines an option by itself": (folder) =>
    write(
      folder,
      `{ config, ... }: { networking.hostName = config.networking.hostName + "x"; fileSystems = config.fileSystems; }`,
    ),
  "names its options as JavaScript does": (folder) =>
    write(
      folder,
      `{ __proto__.x = 1; constructor = { }; hasOwnProperty = 1; fileSystems.__proto__.device = "x"; fileSystems.constructor.fsType = "tmpfs";
        systemd.services.__proto__.script = "x"; systemd.services.toString.script = "y"; users.users.hasOwnProperty = { };
        environment.persistence.__proto__.directories = [ "constructor" "__proto__" ]; }`,
    ),
  "is longer than a megabyte": (folder) => write(folder, `{ # ${"x".repeat(1_100_000)}\n }`),
  "is a comment of nearly a megabyte": (folder) => write(folder, `{ /* ${"/* ".repeat(330_000)} */ }`),
  "opens a string for nearly a megabyte": (folder) =>
    write(folder, `{ a = "${"${".repeat(100_000)}${"x".repeat(700_000)}`),
  "is no text": (folder) =>
    writeFileSync(join(folder, "hostile.nix"), Buffer.from([0xff, 0xfe, 0, 0x80, 0xc3, 0x28, 0x7b])),
  "begins with a mark and ends lines in all ways": (folder) =>
    write(folder, "\ufeff{ a = 1;\r\n b = 2;\r c = 3;\u2028 }\0"),
  "has names that need quotes": (folder) => {
    const names = [
      "a\nb.nix",
      'quo"te.nix',
      "ha#sh.nix",
      "per%20cent.nix",
      "back\\slash.nix",
      "\u202egnp.nix",
      "\u001b[31m.nix",
      "-rf.nix",
    ];
    writeFiles(folder, Object.fromEntries(names.map((name) => [name, "{ a = ; }"])));
    write(folder, '{ imports = map (n: ./. + "/${n}") (builtins.attrNames (builtins.readDir ./.)); }');
  },
  "has 10,000 files in a folder": (folder) => {
    mkdirSync(join(folder, "many"));
    for (let index = 0; index < 10_000; index++) writeFileSync(join(folder, "many", `${index}.nix`), "{ }");
    write(folder, '{ imports = map (n: ./many + "/${n}") (builtins.attrNames (builtins.readDir ./many)); }');
  },
  "has folders 60 levels deep": (folder) => {
    writeFiles(folder, { [`${"d/".repeat(60)}x.nix`]: "{ }" });
    write(folder, "{ }");
  },
  "has a calendar of a megabyte": (folder) =>
    write(
      folder,
      `{ services.btrbk.instances.a.onCalendar = "${"*-*-* 00:00:00,".repeat(40_000)}"; systemd.timers.x.timerConfig.OnCalendar = "${"1,".repeat(150_000)}"; }`,
    ),
  "has a script of many levels": (folder) =>
    write(
      folder,
      `{ boot.initrd.postDeviceCommands = ''\n${"if true; then $(( ".repeat(20_000)}\n${"echo \\$(".repeat(20_000)}''; }`,
    ),
  "has a script of a megabyte": (folder) =>
    write(
      folder,
      `{ boot.initrd.postResumeCommands = ''\n${"btrfs subvolume delete /mnt/root || mount -o subvol=/ /dev/x /mnt && rm -rf /mnt/*\n".repeat(2_000)}''; }`,
    ),
  "has 3,000 partitions": (folder) =>
    write(
      folder,
      `{ disko.devices.disk.main = { type = "disk"; device = "/dev/sda"; content = { type = "gpt"; partitions = builtins.listToAttrs (builtins.genList (n: {
        name = "p" + toString n; value = { size = "1M"; content = { type = "filesystem"; format = "ext4"; mountpoint = "/m" + toString n; }; }; }) 3000); }; }; }`,
    ),
  "persists 5,000 paths": (folder) =>
    write(
      folder,
      `{ environment.persistence."/persist".directories = builtins.genList (n: "/var/lib/x" + toString n) 5000; }`,
    ),
  "nests disko in itself": (folder) =>
    write(
      folder,
      `let c = { type = "luks"; name = "x"; content = c; }; in { disko.devices.disk.main = { type = "disk"; device = "/dev/sda"; content = c; }; }`,
    ),
  "is locked in a circle": (folder) => {
    write(folder, "{ }");
    const inputs = { a: ["b"], b: ["a", "b", "a"], c: "c" };
    writeFileSync(
      join(folder, "flake.lock"),
      lock({ root: { inputs }, c: { inputs: { c: "c", d: ["c", "d"] }, locked: 5 } }),
    );
  },
  "is locked by steps that multiply": (folder) => {
    write(folder, "{ }");
    const inputs = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`i${i}`, [`i${i + 1}`, `i${i + 1}`, `i${i + 1}`]]),
    );
    writeFileSync(join(folder, "flake.lock"), lock({ root: { inputs } }));
  },
  "is locked by something else": (folder) => {
    write(folder, "{ }");
    writeFileSync(
      join(folder, "flake.lock"),
      '{"nodes": [1, {"__proto__": {"inputs": 5}}], "root": {"root": []}, "version": "x"}',
    );
  },
  "is locked deeply": (folder) => {
    write(folder, "{ }");
    writeFileSync(join(folder, "flake.lock"), `{"nodes": ${deep(100_000)}}`);
  },
  "is locked by megabytes": (folder) => {
    write(folder, "{ }");
    writeFileSync(join(folder, "flake.lock"), lock({ root: { inputs: { a: "x".repeat(3_000_000) } } }));
  },
};

function write(folder: string, text: string): void {
  writeFileSync(join(folder, "hostile.nix"), text);
}

describe("a host that", () => {
  it.each(Object.keys(FOLDERS))("%s leaves the other one as it is", { timeout: 90_000 }, (name) => {
    const outside = folderWith({ "secret.nix": `{ environment.etc.${SECRET}.text = "${SECRET}"; } # ${SECRET}` });
    const folder = folderWith({ "flake.nix": FLAKE, "innocent.nix": LATE_STORE });
    FOLDERS[name]?.(folder, outside);
    const { code, stdout, stderr } = runCli(["check", folder, "--format", "json"]);
    const { findings, hosts } = JSON.parse(stdout) as {
      findings: { code: string; hosts: string[]; message: string }[];
      hosts: unknown[];
    };
    expect(stderr).not.toMatch(/internal error|was stopped/);
    expect(code).toBe(1);
    expect(hosts.length).toBeGreaterThan(0);
    expect(findings.filter(({ code }) => code === "IMP301").flatMap(({ hosts }) => hosts)).toContain("innocent");
    expect(findings.filter(({ message }) => /fault of the checker|stopped on this host/.test(message))).toEqual([]);
    const facts = runCli(["facts", folder, "--host", "hostile", "--format", "json"]);
    for (const text of [stdout, stderr, facts.stdout, facts.stderr]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain("root:x:0:0");
    }
  });
});

describe("a host that takes too long", () => {
  it("is named, and does not hide what is known of the others", { timeout: 240_000 }, () => {
    const endless =
      'let make = n: { imports = [ (make (n + 1)) ]; environment.etc.${toString n}.text = ""; }; in make 0';
    const folder = folderWith({ "flake.nix": FLAKE, "innocent.nix": LATE_STORE, "hostile.nix": endless });
    // The 30 seconds are of computing: on a busy machine up to four times as many pass, and then the others' turn comes.
    const { code, stdout, stderr } = runCli(["check", folder, "--format", "json"], { timeout: 200_000 });
    expect(stderr).toMatch(
      /The evaluation of the host `hostile` \(.*\) was stopped, because it did not end within 30 seconds\. Nothing is said of this host\./,
    );
    expect(code).toBe(2);
    const { findings, hosts, notChecked } = JSON.parse(stdout);
    expect(hosts).toEqual(["innocent"]);
    expect(findings.map(({ code }: { code: string }) => code)).toContain("IMP301");
    expect(notChecked).toMatchObject([{ name: "hostile", why: "it did not end within 30 seconds" }]);
  });
});
