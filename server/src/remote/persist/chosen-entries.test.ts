import { describe, expect, it } from "vitest";
import { chosenEntries, type FoundPath } from "./chosen-entries.ts";
import { copyCommands } from "./copy-commands.ts";

const directory = (path: string): FoundPath => ({ path, type: "directory", user: "root", group: "root", mode: "0755" });
const file = (path: string): FoundPath => ({ ...directory(path), type: "file", mode: "0644" });

describe("entries for chosen paths", () => {
  it("take owner and mode as they were found", () => {
    const found: FoundPath = { path: "/var/lib/app", type: "directory", user: "app", group: "web", mode: "0750" };
    expect(chosenEntries([found]).entries).toEqual([
      { kind: "directory", path: "/var/lib/app", user: "app", group: "web", mode: "0750" },
    ]);
  });

  it("are the directory in place of many things in it, unless it belongs to many programs", () => {
    const own = ["a", "b", "c"].map((name) => file(`/var/lib/app/${name}`));
    const all = chosenEntries([...own, file("/etc/machine-id")], directory);
    expect(all.entries.map(({ path }) => path)).toEqual(["/var/lib/app", "/etc/machine-id"]);
    expect(all.parents).toEqual([{ path: "/var/lib/app", instead: own.map(({ path }) => path) }]);
    const shared = ["x", "y", "z"].map((name) => directory(`/var/lib/${name}`));
    expect(chosenEntries(shared, directory).entries).toHaveLength(3);
    expect(chosenEntries(own.slice(1), directory).entries).toHaveLength(2);
  });

  it("leave out what another entry covers", () => {
    const { entries } = chosenEntries([directory("/srv/a"), file("/srv/a/b/c"), file("/srv/ab")]);
    expect(entries.map(({ path }) => path)).toEqual(["/srv/a", "/srv/ab"]);
  });

  it.each([
    [directory("/etc"), "too wide"],
    [directory("/"), "too wide"],
    [file("/proc/cpuinfo"), "anew"],
    [{ path: "/srv/gone", type: undefined }, "not there"],
    [{ path: "/srv/link", type: "symlink" }, "link"],
    [{ path: "/srv/socket", type: "socket" }, "socket"],
    [file("/srv/bad\uFFFD"), "UTF-8"],
    [file("/srv/../etc/x"), "absolute"],
  ] satisfies [FoundPath, string][])("are refused for %j", (found, why) => {
    expect(chosenEntries([found])).toMatchObject({ entries: [], refused: [{ why: expect.stringContaining(why) }] });
  });

  it("come with commands in which a name is nothing but a name", () => {
    const [command] = copyCommands("/persist", [{ kind: "file", path: "/srv/it's $(touch /tmp/x)\n-rf" }]);
    expect(command).toBe("cp --archive --reflink=auto --parents -- '/srv/it'\\''s $(touch /tmp/x)\n-rf' '/persist'");
  });
});
