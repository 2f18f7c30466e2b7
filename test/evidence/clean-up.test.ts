import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingsOf } from "../../server/src/testing/spec-check.ts";
import { expandSnippet } from "../../snippets/expand.ts";
import { inSandbox } from "./sandbox.ts";

/** The clean-up that many configurations have: recursive, and without a look at what it was given. */
const UNSAFE = `
forget() {
  for inner in $(btrfs subvolume list -o "$1" | cut -d ' ' -f 9-); do
    forget "/mnt/top/$inner"
  done
  btrfs subvolume delete "$1"
}
for aged in $(find /mnt/top/old_roots -maxdepth 1 -mtime +30); do
  forget "$aged"
done
[ -e /mnt/top/root ] || btrfs subvolume create /mnt/top/root
`;

/** The script of our own snippet, as Nix evaluates it. */
function snippetScript(): string {
  const snippets = JSON.parse(readFileSync(new URL("../../snippets/nix.json", import.meta.url), "utf8"));
  const own = Object.values<{ prefix: string; body: string[] }>(snippets).find(
    ({ prefix }) => prefix === "rollback-btrfs",
  );
  const expression = `{ ${expandSnippet(own!.body)} }.boot.initrd.systemd.services.rollback-root.script`;
  const { stdout } = spawnSync("nix-instantiate", ["--eval", "--strict", "--json", "-E", expression]);
  return JSON.parse(String(stdout));
}

/** Runs a rollback on a filesystem that `setting` prepares, and says which subvolumes and old roots are there then. */
function clean(script: string, setting: string) {
  const text = script.replace("/dev/disk/by-partlabel/disk-main-root", "$DEVICE");
  return inSandbox(
    `
    make_btrfs nix persist root
    first_mount subvolid=5 top
    mkdir top/old_roots
    old=$(date -d '60 days ago' +%Y%m%dT%H%M%S)
    new=$(date -d '5 days ago' +%Y%m%dT%H%M%S)
    fact old "$old"
    fact new "$new"
    for name in $old $new; do btrfs subvolume create "top/old_roots/$name" > /dev/null; done
    touch -d '60 days ago' "top/old_roots/$old"
    touch -d '5 days ago' "top/old_roots/$new"
    ${setting}
    fact before "$(subvolumes_of top)"
    mkdir bin
    # delete -R came with btrfs-progs 6.12. An older one gets what it means, for what is there: no nested subvolumes.
    if ! btrfs subvolume delete --help | grep --quiet -e --recursive; then
      printf '#!/bin/sh\\n[ "$2 $3" = "delete -R" ] && shift 3 && set -- subvolume delete "$@"\\nexec %s "$@"\\n' \\
        "$(command -v btrfs)" > bin/btrfs
      chmod +x bin/btrfs
    fi
    # NixOS runs the scripts of units with -e; the scripted initrd runs its hooks without.
    attempt script env PATH="$PWD/bin:$PATH" DEVICE="$DEVICE" bash "$1" -c "$2"
    fact after "$(subvolumes_of top)"
    fact "old roots" "$(ls top/old_roots | paste --serial --delimiters=' ')"
    fact root "$(ls top/root)"`,
    script === UNSAFE ? "+e" : "-e",
    text,
  );
}

/** What users of the first script have met. */
const OLD_PARENT = `
  # A boot that ended between moving the root away and making a new one, and a computer that was off for a while.
  btrfs subvolume delete top/root > /dev/null
  touch -d '40 days ago' top/old_roots`;
const PLAIN_DIRECTORY = `
  mkdir -p top/old_roots/20260101T000000/notes
  touch -d '40 days ago' top/old_roots/20260101T000000
  touch top/root/litter`;

describe("the widely used clean-up of old roots", () => {
  it("R1 and R2 (IMP502, IMP503): deletes only what is old as long as nothing is unusual", () => {
    const seen = clean(UNSAFE, "");
    expect(seen.after).toBe(`nix old_roots/${seen.new} persist root`);
  });

  it("R1 (IMP502): deletes nix and persist once old_roots itself is old", () => {
    const seen = clean(UNSAFE, OLD_PARENT);
    expect(seen.before).toBe(`nix old_roots/${seen.old} old_roots/${seen.new} persist`);
    expect(seen.after).toBe("root");
  });

  it("R2 (IMP503): deletes nix, persist and the root once old_roots holds a plain directory", () => {
    const seen = clean(UNSAFE, PLAIN_DIRECTORY);
    expect(seen.before).toContain("persist");
    expect(seen.after).toBe("root");
    expect(seen.root).toBe("");
    // The directory, which all went for, is still there.
    expect(seen["old roots"]).toBe("20260101T000000");
  });

  it("R1 and R2 (IMP502, IMP503): is what the rules report", async () => {
    const host = `{ boot.initrd.postDeviceCommands = ''\n${UNSAFE.replaceAll("${", "''${")}''; }`;
    const codes = (await findingsOf({ "/host.nix": host })).map(({ code }) => code);
    expect(codes).toContain("IMP502");
    expect(codes).toContain("IMP503");
  });
});

describe("the rollback of the snippet", () => {
  const script = snippetScript();

  it("R1 and R2 (IMP502, IMP503): moves the root away, makes an empty one, and deletes what is old by its name", () => {
    const seen = clean(script, "touch top/root/litter");
    expect(seen.script, seen["script said"]).toBe("0");
    const [kept, moved, ...others] = seen["old roots"]!.split(" ");
    expect([kept, others]).toEqual([seen.new, []]);
    expect(seen.after).toBe(`nix old_roots/${kept} old_roots/${moved} persist root`);
    expect(seen.root).toBe("");
  });

  it("R1 (IMP502): keeps nix and persist when old_roots itself is old", () => {
    const seen = clean(script, OLD_PARENT);
    expect(seen.script, seen["script said"]).toBe("0");
    expect(seen.after).toBe(`nix old_roots/${seen.new} persist root`);
  });

  it("R2 (IMP503): keeps nix and persist, and the directory, when old_roots holds a plain one", () => {
    const seen = clean(script, PLAIN_DIRECTORY);
    expect(seen.script, seen["script said"]).toBe("0");
    expect(seen.after).toMatch(/^nix old_roots\/\S+ old_roots\/\S+ persist root$/);
    expect(seen["old roots"]).toMatch(new RegExp(`^20260101T000000 ${seen.new} \\d{8}T\\d{6}$`));
  });

  it("R1 and R2 (IMP502, IMP503): is not what the rules report", async () => {
    const codes = (
      await findingsOf({
        "/host.nix": `{ boot.initrd.systemd.services.rollback.script = ''\n${script.replaceAll("${", "''${")}''; }`,
      })
    ).map(({ code }) => code);
    expect(codes).not.toContain("IMP502");
    expect(codes).not.toContain("IMP503");
  });
});

it("R16 (IMP602): a root that is moved away keeps its modification time, so it can be old at once", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    mkdir top/old_roots
    touch -d '45 days ago' top/root
    mv top/root top/old_roots/now
    fact old "$(find top/old_roots -mindepth 1 -maxdepth 1 -mtime +30)"`);
  expect(seen.old).toBe("top/old_roots/now");
});

it("IMP620: find -mtime -14 finds what is younger than 14 days, and not what is older", () => {
  const seen = inSandbox(`
    mkdir -p old_roots/new old_roots/month
    touch -d '40 days ago' old_roots/month
    fact minus "$(find old_roots -mindepth 1 -maxdepth 1 -mtime -14)"
    fact plus "$(find old_roots -mindepth 1 -maxdepth 1 -mtime +14)"`);
  expect(seen.minus).toBe("old_roots/new");
  expect(seen.plus).toBe("old_roots/month");
});

it("IMP525: the path is the ninth word of a line of btrfs subvolume list, the word before it is `path`", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume create "top/root/with a space" > /dev/null
    for field in 8 9 9- 10; do
      fact "$field" "$(btrfs subvolume list -o top/root | cut -d ' ' -f "$field")"
    done
    fact awk "$(btrfs subvolume list -o top/root | awk '{ print $8 }')"`);
  expect(seen["8"]).toBe("path");
  expect(seen["9"]).toBe("root/with");
  expect(seen["9-"]).toBe("root/with a space");
  expect(seen["10"]).toBe("a");
  expect(seen.awk).toBe("path");
});
