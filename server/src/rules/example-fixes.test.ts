import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectProperties, type Files, findingsOf, fixAll } from "../testing/spec-check.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** The Nix files of an example, as the analysis sees them. */
function readExample(name: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of readdirSync(examples + name, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".nix")) files[`/${name}/${path}`] = readFileSync(`${examples}${name}/${path}`, "utf8");
  }
  return files;
}

describe("the fixes of examples/hetzner-vps", () => {
  it("each make their finding go, and leave files that Nix parses", { timeout: 120_000 }, async () => {
    const texts = await expectProperties(readExample("hetzner-vps"));
    expect(texts.length).toBeGreaterThan(20);
    expect(nixParseErrors([...new Set(texts)])).toBeUndefined();
  });

  it("all together leave only what needs a person", { timeout: 60_000 }, async () => {
    const before = await findingsOf(readExample("hetzner-vps"));
    const after = await findingsOf(await fixAll(readExample("hetzner-vps")));
    const codes = (findings: typeof after) => new Set(findings.map(({ code }) => code));
    for (const gone of ["IMP010", "IMP101", "IMP201", "IMP202", "IMP401", "IMP402", "IMP403", "IMP601", "IMP701"]) {
      expect(codes(before)).toContain(gone);
      expect(codes(after)).not.toContain(gone);
    }
    // Nobody but the author can say how the root shall be wiped.
    expect(codes(after)).toContain("IMP501");
  });

  it("and six decisions of the author lead to no findings", { timeout: 60_000 }, async () => {
    const before = await findingsOf(readExample("hetzner-vps"));
    expect(before.length).toBeGreaterThan(40);
    let files = await fixAll(readExample("hetzner-vps"));
    for (const decide of [
      wipeInTheInitrd,
      onePlaceForTheDatabase,
      oneCompression,
      ageByName,
      twoWeeks,
      onlyWhatPersists,
    ]) {
      files = decide(files);
    }
    files = await fixAll(files);
    expect((await findingsOf(files)).map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    expect(nixParseErrors(Object.values(files))).toBeUndefined();
  });
});

const MODULES = "/hetzner-vps/modules/shared/filesystems";
const HOST = "/hetzner-vps/hosts/servers/hetzner-vps";

/** How the root is wiped: a unit of the initrd that moves it away, as in the repaired example. */
function wipeInTheInitrd(files: Files): Files {
  const repaired =
    readExample("hetzner-vps-fixed")["/hetzner-vps-fixed/modules/shared/filesystems/server-impermanence.nix"];
  const unit = /boot\.initrd\.systemd\.enable = true;.*?\n {4}\};\n/s.exec(repaired ?? "")?.[0] ?? "";
  const names = /\n {2}device = .*?;\n {2}deviceUnit = .*?;\n/s.exec(repaired ?? "")?.[0] ?? "";
  const path = `${MODULES}/server-impermanence.nix`;
  const changed = change(files, path, /systemd\.services\.server-impermanence-setup = \{.*?\n {4}\};\n/s, () => unit);
  return change(changed, path, /\nin\n/, () => `${names}in\n`);
}

/** Where the database lives: a subvolume that is not snapshotted, so that NOCOW holds. */
function onePlaceForTheDatabase(files: Files): Files {
  const subvolume = 'postgresql = { mountpoint = "/var/lib/postgresql"; mountOptions = [ "compress=zstd:3" ]; };\n';
  const changed = change(files, `${HOST}/default.nix`, /\n *\{ directory = "\/var\/lib\/postgresql"[^}]*\}/, () => "");
  return change(changed, `${HOST}/disko.nix`, /containers = \{/, (text) => `${subvolume}${text}`);
}

/** One compression for the whole filesystem, which is all that btrfs has. */
function oneCompression(files: Files): Files {
  const disko = change(
    files,
    `${HOST}/disko.nix`,
    /mountOptions = \[ *\]/g,
    () => 'mountOptions = [ "compress=zstd:3" ]',
  );
  return [`${HOST}/disko.nix`, `${MODULES}/server-btrfs.nix`].reduce(
    (all, path) => change(all, path, /compress=zstd:\d/g, () => "compress=zstd:3"),
    change(
      disko,
      `${MODULES}/server-btrfs.nix`,
      /"\/var\/lib\/containers"\.options = \[/,
      (text) => `${text}\n"compress=zstd:3"`,
    ),
  );
}

/** By what the age of a snapshot is judged: the date in its name. */
function ageByName(files: Files): Files {
  const script = `limit=$(date -d "\${retentionDays} days ago" +%Y%m%d-%H%M%S)
          for snapshot in /.snapshots/*-*; do
            taken=''\${snapshot##*/}
            taken=''\${taken#*-}
            if [ "$taken" \\< "$limit" ]; then
              btrfs subvolume delete "$snapshot"
            fi
          done
`;
  return change(
    files,
    `${MODULES}/server-snapshots.nix`,
    /find \/\.snapshots -type d -name 'root-.*?-mtime \+30[^\n]*\n/s,
    () => script,
  );
}

/** What snapshots are of: the root of a boot holds nothing to go back to. */
function onlyWhatPersists(files: Files): Files {
  return change(
    files,
    `${MODULES}/server-snapshots.nix`,
    /# To go back to a working root\.\n *btrfs subvolume snapshot -r \/ [^\n]*\n/,
    () => "",
  );
}

/** How many snapshots three subvolumes are worth: 56 of each instead of 120. */
function twoWeeks(files: Files): Files {
  return change(files, `${HOST}/default.nix`, /retention = "30"/, () => 'retention = "14"');
}

function change(files: Files, path: string, pattern: RegExp, by: (found: string) => string): Files {
  const text = files[path] ?? "";
  expect(text, `${path} holds ${pattern}`).toMatch(pattern);
  return { ...files, [path]: text.replace(pattern, by) };
}
