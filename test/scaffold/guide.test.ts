import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toJson } from "../../server/src/eval/json.ts";
import type { MergeNode } from "../../server/src/modules/merge-node.ts";
import type { OptionNode } from "../../server/src/modules/option-node.ts";
import { scaffoldHosts } from "./hosts.ts";
import { onServer } from "./run-scripts.ts";
import { analyseServer, moduleFiles } from "./server-modules.ts";

const guide = readFileSync(new URL("../../docs/server.md", import.meta.url), "utf8");
const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) =>
  text!
    .replaceAll("/dev/disk/by-partlabel/disk-main-root", '"$DEVICE"')
    .replaceAll(" /persist/", " /mnt/persist/")
    .replaceAll("/.snapshots", "/mnt/snaps"),
);

describe("docs/server.md", () => {
  it("has every option of the modules, with its default", async () => {
    const { hosts } = await analyseServer(scaffoldHosts().find(({ name }) => name === "26.05, systemd, none, empty")!);
    const options = hosts[0]!.config.child("pantherOS").child("serverImpermanence");
    const rows = [...guide.matchAll(/^\| `([\w.]+)` \| (?:`([^`]*)`)? ?\|/gm)];
    for (const [, name, wanted] of rows) {
      const node: OptionNode & Partial<MergeNode> = name!.split(".").reduce((at, part) => at.child(part), options);
      expect(node.option, name).toBeDefined();
      const value = toJson(node.option!.defaultValue!);
      if (wanted !== undefined) expect("json" in value && JSON.stringify(value.json), name).toBe(wanted);
    }
    const declared = Object.values(moduleFiles).flatMap((text) =>
      [...text.matchAll(/^ *([\w]+) = mkOption \{/gm)].map(([, name]) => name!),
    );
    // What is for the modules themselves, and what belongs to the submodule of sources.
    const own = ["script", "scriptedStage1", "onRoot", "critical"];
    const documented = new Set(rows.map(([, name]) => name!.split(".").at(-1)!));
    expect(declared.filter((name) => !documented.has(name) && !own.includes(name))).toEqual([]);
  });

  it("has commands that bring things back", () => {
    expect(commands).toHaveLength(3);
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
      run() { /bin/dash -eu -c "$1"; }
      attempt file run "$1"
      fact lost "$(cat persist/lost)"
      fact archive "$(ls look/old_roots)"
      attempt directory run "$2"
      fact restored "$(ls -x persist/lib.restored)"
      attempt all run "$3"
      umount persist
      next_mount subvol=persist persist
      [ "$(sum)" = "$PERSISTED" ] && fact same yes
      fact before "$(ls look/persist.before/lib)"`,
      ...commands,
    );
    expect(seen, JSON.stringify(seen)).toMatchObject({
      file: "0",
      directory: "0",
      all: "0",
      lost: "found",
      same: "yes",
    });
    expect(seen).toMatchObject({ archive: "keep-this", restored: "1  2  3  4  5" });
    expect(seen.before).toContain("newer");
  });
});
