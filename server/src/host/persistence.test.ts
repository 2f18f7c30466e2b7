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

describe("options that few configurations use", () => {
  const homes = (store: Record<string, unknown>) => ({
    users: { users: { me: { isNormalUser: true } } },
    "home-manager": { users: { me: { home: { persistence: { "/persist/home/me": store } } } } },
  });

  it("leaves out the first folder of entries where it only names a group of them", () => {
    const { stores } = readPersistence(
      fakeConfig(homes({ removePrefixDirectory: true, directories: ["git/.config/git"], files: ["ssh/.ssh/config"] })),
    );
    expect([...(stores[0]?.directories ?? []), ...(stores[0]?.files ?? [])].map(({ path }) => path)).toEqual([
      "/home/me/.config/git",
      "/home/me/.ssh/config",
    ]);
  });

  it("does not guess a path where it is unknown whether its first folder counts", () => {
    const { stores } = readPersistence(
      fakeConfig(homes({ removePrefixDirectory: unknown("who knows"), directories: ["git/.config/git"] })),
    );
    expect(stores[0]?.directories).toEqual([]);
    expect(stores[0]?.open[0]).toMatchObject({ why: "who knows", below: "/home/me" });
  });

  it("knows the place of an entry that is kept elsewhere than the others of its store", () => {
    const { stores } = readPersistence(
      fakeConfig({
        environment: {
          persistence: {
            "/persist": {
              directories: [
                "/a",
                { directory: "/b", persistentStoragePath: "/big" },
                { directory: "/c", persistentStoragePath: unknown("why") },
              ],
            },
          },
        },
      }),
    );
    expect(stores[0]?.directories.map(({ store }) => (store.path.known ? store.path.value : store.path.why))).toEqual([
      "/persist",
      "/big",
      "why",
    ]);
  });
});
