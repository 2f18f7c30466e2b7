import { describe, expect, it } from "vitest";
import { NixFunction } from "../eval/value.ts";
import { FAKE_FILE, fakeConfig, gap, open, perhaps, unknown } from "../testing/fake-config.ts";
import { readPersistence } from "./persistence.ts";

const read = (config: Record<string, unknown>) => readPersistence(fakeConfig(config));
const persistence = (store: unknown, rest: Record<string, unknown> = {}) =>
  read({ environment: { persistence: { "/persist": store } }, ...rest });

describe("readPersistence", () => {
  it("reads directories and files, as texts and as sets", () => {
    const [store] = persistence({
      directories: ["/var/lib/nixos/", { directory: "/var/lib/private", mode: "0700", user: "root" }, "var/log"],
      files: ["/etc/machine-id", { file: "/etc/key", parentDirectory: { mode: "0755", user: "k" } }],
    }).stores;
    expect(store?.directories.map(({ path, written }) => [path, written])).toEqual([
      ["/var/lib/nixos", "/var/lib/nixos/"],
      ["/var/lib/private", "/var/lib/private"],
      ["/var/log", "var/log"],
    ]);
    expect(store?.directories[1]?.mode).toMatchObject({ value: "0700" });
    expect(store?.files.map(({ path }) => path)).toEqual(["/etc/machine-id", "/etc/key"]);
    expect(store?.files[1]?.user).toMatchObject({ value: "k" });
    expect(store?.path).toMatchObject({ value: "/persist" });
    expect(store?.directories[0]?.place?.file).toBe(FAKE_FILE);
    expect(store?.directories[0]?.editable).toBe(true);
    expect(store?.open).toEqual([]);
    expect(store?.option).toEqual(["environment", "persistence", "/persist"]);
  });

  it("joins the paths of users to their homes, absolute ones too", () => {
    const [store] = persistence(
      {
        users: {
          alice: { directories: [".ssh", "/home/alice/x"], files: [".zsh_history"] },
          root: { directories: ["work"] },
          bob: { directories: ["d"] },
        },
      },
      { users: { users: { bob: { home: "/srv/bob" } } } },
    ).stores;
    expect([...(store?.directories ?? []), ...(store?.files ?? [])].map(({ path }) => path)).toEqual([
      "/home/alice/.ssh",
      "/home/alice/home/alice/x",
      "/root/work",
      "/srv/bob/d",
      "/home/alice/.zsh_history",
    ]);
    expect(store?.directories[0]?.userName).toBe("alice");
  });

  it("keeps elements that may be absent or hidden", () => {
    const [store] = persistence({
      directories: ["/a", perhaps("/b", "config.x is not known"), gap("needs an input"), unknown("needs pkgs")],
      users: { alice: { directories: unknown("needs a secret") } },
    }).stores;
    expect(store?.directories.map(({ certain }) => certain.answer)).toEqual(["yes", "unknown"]);
    expect(store?.open.map(({ why, below }) => [why, below])).toEqual([
      ["needs an input", undefined],
      ["needs pkgs", undefined],
      ["needs a secret", "/home/alice"],
    ]);
  });

  it("knows enable and persistentStoragePath", () => {
    const stores = read({
      environment: {
        persistence: {
          main: { persistentStoragePath: "/nix/persist", directories: ["/a"] },
          off: { enable: false },
          doubt: { enable: unknown("needs x") },
          maybe: perhaps({ directories: ["/c"] }, "config.big is not known"),
        },
      },
    }).stores;
    expect(stores.map(({ name, enabled }) => [name, enabled.answer])).toEqual([
      ["main", "yes"],
      ["off", "no"],
      ["doubt", "unknown"],
      ["maybe", "unknown"],
    ]);
    expect(stores[0]?.path).toMatchObject({ value: "/nix/persist" });
    expect(stores[3]?.directories[0]).toMatchObject({ path: "/c", certain: { answer: "yes" } });
  });

  it("reads preservation, which is off unless it is switched on", () => {
    const preserveAt = {
      "/state": {
        files: [{ file: "/etc/machine-id", inInitrd: true }],
        users: { u: { home: "/h/u", directories: ["x"] } },
      },
    };
    const [store] = read({ preservation: { enable: true, preserveAt } }).stores;
    expect(store).toMatchObject({ module: "preservation", enabled: { answer: "yes" } });
    expect(store?.files[0]?.inInitrd).toBe(true);
    expect(store?.directories[0]?.path).toBe("/h/u/x");
    expect(read({ preservation: { preserveAt } }).stores[0]?.enabled.answer).toBe("no");
  });

  it("reads home-manager's stores and says which homes it cannot see", () => {
    const { stores, gaps } = read({
      "home-manager": {
        users: {
          alice: { home: { persistence: { "/persist": { directories: ["Documents"] } } } },
          bob: new NixFunction(() => null, "fake"),
        },
      },
    });
    expect(stores[0]?.directories[0]).toMatchObject({ path: "/home/alice/Documents", userName: "alice" });
    expect(stores[0]?.option).toEqual(["home-manager", "users", "alice", "home", "persistence", "/persist"]);
    expect(gaps.map(({ below }) => below)).toEqual(["/home/bob"]);
  });

  it("says when there may be more stores", () => {
    expect(read({ environment: { persistence: unknown("needs flake input x") } }).gaps[0]?.why).toBe(
      "needs flake input x",
    );
    expect(read({ environment: { persistence: open({}, "set from a map") } }).gaps[0]?.why).toBe("set from a map");
    expect(read({}).gaps).toEqual([]);
  });
});
