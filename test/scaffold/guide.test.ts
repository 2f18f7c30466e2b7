import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { scaffoldHosts } from "./hosts.ts";
import { onServer } from "./run-scripts.ts";
import { analyseServer, moduleFiles, unitsOf } from "./server-modules.ts";

const file = new URL("../../docs/server.md", import.meta.url);
const guide = readFileSync(file, "utf8");
const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) =>
  text!
    .replaceAll("/dev/disk/by-partlabel/disk-main-root", '"$DEVICE"')
    .replaceAll(" /persist/", " /mnt/persist/")
    .replaceAll("/.snapshots", "/mnt/snaps"),
);

describe("docs/server.md", () => {
  it("has every option of the modules, with its type, default and description", () => {
    // UPDATE=1 writes the table anew.
    const text = sectionOf("options", optionsTable());
    if (process.env.UPDATE) writeFileSync(file, text);
    expect(guide).toBe(text);
  });

  it("has commands that bring things back", () => {
    expect(commands).toHaveLength(5);
    const seen = onServer(
      `
      make_host snapshots
      next_mount subvol=snapshots snaps
      umount top
      btrfs subvolume snapshot -r persist snaps/persist-20260101-000000 > /dev/null
      next_mount subvolid=5 look
      mkdir -p look/root/etc
      echo found > look/root/etc/lost
      boot > /dev/null
      touch persist/lib/newer
      rm persist/lib/1
      mkdir -p persist/var/lib/postgresql
      echo data > persist/var/lib/postgresql/old
      run() { /bin/dash -eu -c "$1"; }
      attempt convert run "$1"
      shift
      attempt file run "$1"
      fact converted "$(attributes_of persist/var/lib/postgresql/old) $(cat persist/var/lib/postgresql/old)"
      rm -r persist/var
      fact lost "$(cat persist/lost)"
      fact archive "$(ls look/old_roots)"
      attempt directory run "$2"
      fact restored "$(ls -x persist/lib.restored)"
      attempt all run "$3"
      umount persist
      next_mount subvol=persist persist
      [ "$(sum)" = "$PERSISTED" ] && fact same yes
      fact before "$(ls look/persist.before/lib)"
      # A root that is of no use, and the one before it.
      touch look/root/good
      sleep 1
      boot > /dev/null
      touch look/root/bad
      attempt "root before" run "$4"
      fact root "$(ls look/root) $(ls look/old_roots/of-no-use)"
      echo server-impermanence.keep > "$CMDLINE"
      boot > /dev/null
      fact "root at the boot" "$(ls look/root)"`,
      ...commands,
    );
    expect(seen, JSON.stringify(seen)).toMatchObject({
      convert: "0",
      converted: expect.stringMatching(/C.* data$/),
      file: "0",
      directory: "0",
      all: "0",
      lost: "found",
      same: "yes",
    });
    expect(seen).toMatchObject({ archive: "keep-this", restored: "1  2  3  4  5" });
    expect(seen.before).toContain("newer");
    expect(seen).toMatchObject({ root: "good bad", "root at the boot": "good" });
  });

  it("names units, files and commands that there are", async () => {
    const host = scaffoldHosts().find(({ snapshots, release }) => snapshots === "own" && release === "26.05")!;
    const units = Object.values(unitsOf(await analyseServer(host))).flatMap((named) => Object.keys(named));
    const daily = guide.slice(guide.indexOf("## Daily operation"), guide.indexOf("## Monitoring"));
    const inline = [...daily.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replaceAll("\\|", "|"));
    const named = inline.flatMap((text) => /(?:-u|start) (\S+)/.exec(text)?.slice(1) ?? []);
    expect(named.length).toBeGreaterThan(2);
    for (const unit of named) expect(units).toContain(unit);
    expect(inline).toContain("systemctl list-timers 'server-*'");
    expect(units.filter((unit) => unit.startsWith("server-")).length).toBeGreaterThan(3);
    const [usage = ""] = inline.filter((text) => text.startsWith("du "));
    const seen = onServer(
      `make_host
      attempt usage bash -o pipefail -c "$1"
      boot > /dev/null
      fact state "$(cat "$STATE")"`,
      usage.replace(" / ", " /mnt/persist "),
    );
    expect(seen.usage, seen["usage said"]).toBe("0");
    // What docs/server.md says to look at is what the script writes.
    expect(moduleFiles["scripts/wipe-root.sh"]).toContain("STATE:-/run/server-impermanence/boot");
    expect(seen.state).toBe("result=wiped");
  });
});

/** The guide with other text between the comments of a section. */
function sectionOf(name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = guide.indexOf(start) + start.length;
  return `${guide.slice(0, from)}\n${text}\n${guide.slice(guide.indexOf(end))}`;
}

interface OptionDoc {
  readonly name: string;
  readonly type: string;
  readonly default: string | null;
  readonly isText: boolean;
  readonly description: string;
}

/** A row for each option, as options-doc.nix reads them. */
function optionsTable(): string {
  const documents = fileURLToPath(new URL("options-doc.nix", import.meta.url));
  const folder = fileURLToPath(new URL("../../server/scaffold", import.meta.url));
  const args = ["--eval", "--strict", "--json", documents, "--arg", "folder", folder];
  const options: OptionDoc[] = JSON.parse(execFileSync("nix-instantiate", args, { encoding: "utf8", stdio: "pipe" }));
  const rows = options.map(({ name, type, default: value, isText, description }) => {
    const isWords = isText && !/[=.]\S/.test(value ?? "");
    const shown = value === null ? "none: it has to be set" : isWords ? value : `\`${value}\``;
    return `| \`${name}\` | ${type} | ${shown} | ${description.trim().replaceAll("\n", " ")} |`;
  });
  return ["| option | type | default | what it is for |", "|---|---|---|---|", ...rows, ""].join("\n");
}
