import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits/text-edit.ts";
import { analyseFiles } from "../testing/analyse-files.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";
import { refactorings } from "./refactorings.ts";

/** The whole host after the refactoring at `<|>` whose title holds `title`; undefined when there is none. */
async function rewritten(marked: string, title: string): Promise<string | undefined> {
  const offset = marked.indexOf("<|>");
  const text = marked.replace("<|>", "");
  const { analysis, programs } = await analyseFiles({ "/host.nix": text });
  const found = refactorings(programs.get("/host.nix")!, offset, analysis.hosts, (path) => programs.get(path));
  const one = found.find((refactoring) => refactoring.title.includes(title));
  if (!one) return undefined;
  const result = applyEdits(text, one.edits.get("/host.nix") ?? []);
  expect(nixParseErrors([result])).toBeUndefined();
  return result;
}

const layout = (body: string, entry = '"<|>/var/lib/postgresql"') => `{
  disko.devices.disk.main.content = {
    type = "btrfs";
    subvolumes = {
${body}    };
  };
  disko.devices.disk.main.device = "/dev/vda";
  fileSystems."/persist".neededForBoot = true;
  services.postgresql.enable = true;
  environment.persistence."/persist".directories = [
    ${entry} # the database
    "/var/lib/nixos"
  ];
}
`;
const SUBVOLUMES = `      "@root" = { mountpoint = "/"; mountOptions = [ "compress=zstd" ]; };
      "@persist" = { mountpoint = "/persist"; mountOptions = [ "compress=zstd" ]; };
`;

describe("a subvolume of its own", () => {
  it("takes the entry out of the store and into the layout, in the style of the others", async () => {
    const result = await rewritten(layout(SUBVOLUMES), "Give /var/lib/postgresql a subvolume of its own");
    expect(result).toContain(
      '      "@postgresql" = { mountpoint = "/var/lib/postgresql"; mountOptions = [ "compress=zstd" ]; };\n',
    );
    expect(result).not.toContain('    "/var/lib/postgresql"');
    expect(result).toContain("# the database");
  });

  it("keeps owner and mode, and marks a database NOCOW where that is chosen", async () => {
    const entry = '{ directory = "<|>/var/lib/postgresql"; user = "postgres"; mode = "0700"; }';
    const plain = await rewritten(layout(SUBVOLUMES, entry), "a subvolume of its own");
    expect(plain).toContain('"d /var/lib/postgresql 0700 postgres postgres -"');
    expect(plain).not.toContain("+C");
    const marked = await rewritten(layout(SUBVOLUMES, entry), "a NOCOW subvolume of its own");
    expect(marked).toContain('"h /var/lib/postgresql - - - - +C"');
  });

  it("is not offered where it cannot be", async () => {
    expect(await rewritten(layout(SUBVOLUMES, '"<|>/var/lib/nixos2"'), "NOCOW")).toBeUndefined();
    const taken = `${SUBVOLUMES}      "@postgresql" = { };\n`;
    expect(await rewritten(layout(taken), "a subvolume of its own")).toBeUndefined();
    const home = layout(SUBVOLUMES).replace("directories = [", "users.eve.directories = [");
    expect(await rewritten(home, "a subvolume of its own")).toBeUndefined();
    const elsewhere = layout('      root = { mountpoint = "/"; };\n').replace(
      'fileSystems."/persist".neededForBoot = true;',
      'fileSystems."/persist" = { device = "/dev/vdb"; fsType = "ext4"; neededForBoot = true; };',
    );
    expect(await rewritten(elsewhere, "a subvolume of its own")).toBeUndefined();
  });
});

describe("performance modes", () => {
  const disk = (options: string, more = "") => `{
  disko.devices.disk.main.content = {
    type = "btrfs";
    subvolumes = {
      root = { mountpoint = "/"; mountOptions = [ "<|>compress=zstd:3" "ssd" ]; };
      persist = { mountpoint = "/persist"; mountOptions = ${options}; };
      home = { mountpoint = "/home"; };
    };
  };
  disko.devices.disk.main.device = "/dev/vda";
${more}}
`;

  it("become one set for the whole filesystem, and leave the rest alone", async () => {
    const result = await rewritten(disk('[\n        "nodatacow"\n        "nosuid"\n      ]'), "Use balanced options");
    expect(result).toContain('root = { mountpoint = "/"; mountOptions = [ "ssd" "compress=zstd:3" "noatime" ]; };');
    expect(result).toContain(
      'mountOptions = [\n        "nosuid"\n        "compress=zstd:3"\n        "noatime"\n      ];',
    );
    expect(result).toMatch(
      /home = \{ mountpoint = "\/home"; mountOptions = \[\s*"compress=zstd:3"\s*"noatime"\s*\]; \};/,
    );
    expect(await rewritten(disk("[ ]"), "Use space-optimized")).toContain("compress=zstd:9");
  });

  it("mark databases where they are for speed", async () => {
    const more = "  services.postgresql.enable = true;\n";
    const result = await rewritten(disk("[ ]", more), "Use io-optimized");
    expect(result).toContain("compress=zstd:1");
    expect(result).toContain('"h /var/lib/postgresql - - - - +C"');
    expect(await rewritten(disk("[ ]", more), "Use balanced")).not.toContain("+C");
  });

  it("are not offered for half of a filesystem, nor where comments would be lost", async () => {
    expect(await rewritten(disk('([ "ssd" ] ++ builtins.undefined)'), "Use balanced")).toBeUndefined();
    expect(await rewritten(disk('[\n        "nodatacow" # for the database\n      ]'), "Use balanced")).toBeUndefined();
  });
});

describe("btrbk in place of a script", () => {
  const host = (script: string, more = "") => `{
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=persist" ]; };
  # Snapshots
  systemd.services.<|>snap = {
    path = [ "/run/current-system/sw" ];
    script = "${script}";
  };
  systemd.timers.snap = { wantedBy = [ "timers.target" ]; timerConfig.OnCalendar = "00/6:00"; };
${more}}
`;
  const SCRIPT = "btrfs subvolume snapshot -r /persist /.snapshots/persist-$(date +%s)";

  it("takes the same subvolumes at the same times, and the service goes", async () => {
    const result = await rewritten(host(SCRIPT), "Take these snapshots with btrbk");
    expect(result).toContain('onCalendar = "00/6:00";');
    expect(result).toContain('snapshot_dir = "/.snapshots";');
    expect(result).toContain('"/persist" = { };');
    expect(result).toContain('snapshot_preserve = "14d 4w 3m";');
    expect(result).not.toContain("systemd.services.snap");
    expect(result).not.toContain("systemd.timers.snap");
  });

  it("keeps them as long as the host's own policy says", async () => {
    const more = '  my.snapshotPolicy = { frequency = "6h"; retention = "30d"; };\n';
    expect(await rewritten(host(SCRIPT, more), "btrbk")).toContain('snapshot_preserve = "30d";');
  });

  it("is not offered where it is not known what is snapshotted", async () => {
    expect(await rewritten(host("btrfs subvolume snapshot -r $1 /.snapshots/x"), "btrbk")).toBeUndefined();
    expect(await rewritten(host("btrfs subvolume list /"), "btrbk")).toBeUndefined();
  });
});
