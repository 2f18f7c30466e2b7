import { describe, expect, it } from "vitest";
import { services as catalogue } from "../catalogue/catalogue.ts";
import { fakeConfig, perhaps, unknown } from "../testing/fake-config.ts";
import type { Fate, Known } from "./host.ts";
import { readServices } from "./services.ts";
import { readUnits } from "./units.ts";
import { known, notKnown, YES } from "./verdict.ts";

const fate: Fate = { survives: YES, by: "kept", place: undefined, persisted: undefined, fileSystem: undefined };

/** Sets what a dotted option names. */
function put(config: Record<string, unknown>, option: string, value: unknown): void {
  const names = option.split(".");
  let around = config;
  for (const name of names.slice(0, -1)) {
    const inner = (around[name] ?? {}) as Record<string, unknown>;
    around[name] = inner;
    around = inner;
  }
  around[names.at(-1) as string] = value;
}

function services(config: Record<string, unknown>, stateVersion: Known<string> = known("25.05")) {
  const root = fakeConfig(config);
  return readServices({ root, stateVersion, fateOf: () => fate }, readUnits(root));
}
const paths = (config: Record<string, unknown>, version?: Known<string>) =>
  services(config, version).map(({ enable, state }) => [enable, state.map(({ path }) => path)]);

describe("readServices", () => {
  it("lists what is switched on, with its place", () => {
    const found = services({
      services: { postgresql: { enable: true }, mysql: { enable: false }, caddy: { virtualHosts: {} } },
    });
    expect(found.map(({ enable, enabled }) => [enable, enabled.answer])).toEqual([
      ["services.postgresql.enable", "yes"],
    ]);
    expect(found[0]?.state[0]).toMatchObject({
      path: "/var/lib/postgresql",
      database: true,
      writes: "rewrite-in-place",
      user: "postgres",
    });
    expect(found[0]?.confidence).toBe("read");
  });

  it("keeps what an undecided condition switches on as unknown", () => {
    const found = services({
      services: {
        postgresql: perhaps({ enable: true }, "config.db is not known"),
        caddy: { enable: unknown("needs x") },
      },
    });
    expect(found.map(({ enabled }) => enabled)).toMatchObject([
      { answer: "unknown", why: "needs x" },
      { answer: "unknown", why: "config.db is not known" },
    ]);
  });

  it("knows instances by name", () => {
    expect(
      paths({
        services: { redis: { servers: { main: { enable: true }, off: { enable: false }, "": { enable: true } } } },
      }),
    ).toEqual([
      ["services.redis.servers.main.enable", ["/var/lib/redis-main"]],
      ["services.redis.servers..enable", ["/var/lib/redis"]],
    ]);
  });

  it("follows options that move the state", () => {
    const cloud = (options: Record<string, unknown>) =>
      paths({ services: { nextcloud: { enable: true, ...options } } })[0]?.[1];
    expect(cloud({ home: "/data/cloud/" })).toEqual(["/data/cloud"]);
    expect(cloud({ datadir: "/mnt/files" })).toEqual(["/var/lib/nextcloud", "/mnt/files"]);
    expect(paths({ services: { prometheus: { enable: true, stateDir: "prom" } } })[0]?.[1]).toContain("/var/lib/prom");
    const [hidden] = services({ services: { nextcloud: { enable: true, home: unknown("needs y") } } });
    expect(hidden?.state[0]).toMatchObject({
      assumed: true,
      fate: { survives: { answer: "unknown", why: "needs y" } },
    });
  });

  it("takes ssh host keys from hostKeys", () => {
    expect(paths({ services: { openssh: { enable: true } } })[0]?.[1]).toEqual([
      "/etc/ssh/ssh_host_ed25519_key",
      "/etc/ssh/ssh_host_rsa_key",
    ]);
    const hostKeys = [{ path: "/persist/etc/ssh/key", type: "ed25519" }];
    expect(paths({ services: { openssh: { enable: true, hostKeys } } })[0]?.[1]).toEqual(["/persist/etc/ssh/key"]);
  });

  it("decides by stateVersion", () => {
    const config = { services: { vaultwarden: { enable: true } } };
    expect(paths(config, known("24.05"))[0]?.[1]).toEqual(["/var/lib/bitwarden_rs"]);
    expect(paths(config, known("24.11"))[0]?.[1]).toEqual(["/var/lib/vaultwarden"]);
    const both = services(config, notKnown("stateVersion is not set"))[0]?.state;
    expect(both?.map(({ assumed }) => assumed)).toEqual([true, true]);
  });

  it("puts dynamic users below private, unless that is forced off", () => {
    const on = { services: { "ntfy-sh": { enable: true } } };
    expect(services(on)[0]?.state[0]).toMatchObject({
      path: "/var/lib/private/ntfy-sh",
      dynamicUser: true,
      link: "/var/lib/ntfy-sh",
    });
    const off = { ...on, systemd: { services: { "ntfy-sh": { serviceConfig: { DynamicUser: false } } } } };
    expect(services(off)[0]?.state[0]).toMatchObject({ path: "/var/lib/ntfy-sh", dynamicUser: false });
  });

  it("brings along what a service implies, as long as nobody chooses another backend", () => {
    const find = (more: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
      services({ services: { immich: { enable: true, ...more }, ...rest } }).find(
        ({ enable }) => enable === "services.postgresql.enable",
      );
    expect(find({})).toMatchObject({ enabled: { answer: "yes" }, impliedBy: "services.immich.enable" });
    expect(find({ database: { enable: false } })).toBeUndefined();
    expect(find({}, { postgresql: { enable: false } })).toBeUndefined();
    expect(find({}, { postgresql: { enable: true } })?.impliedBy).toBeUndefined();
  });

  it("asks each instance what it brings along, by its own options", () => {
    const sites = (site: Record<string, unknown>) =>
      services({ services: { invoiceplane: { sites: { bills: { enable: true, ...site } } } } }).map(
        ({ enable }) => enable,
      );
    const own = ["services.caddy.enable", "services.invoiceplane.sites.bills.enable"];
    expect(sites({}).sort()).toEqual([...own, "services.mysql.enable"]);
    expect(sites({ database: { createLocally: false } }).sort()).toEqual(own);
  });

  it("leaves no state of a service that was read at the place that its option moves it from", () => {
    const left = catalogue.flatMap(({ enable, confidence, trigger, states, renamedTo }) => {
      if (confidence !== "read" || trigger !== undefined || renamedTo !== undefined) return [];
      return states.flatMap(({ fromOption, kind, optionBase, path }) => {
        // Of names below a base, and of lists of places, there are tests of their own.
        if (fromOption === undefined || kind !== "state" || optionBase !== undefined) return [];
        const config = {};
        put(config, enable, true);
        put(config, fromOption, "/elsewhere/of/it");
        const service = services(config).find((one) => one.enable === enable);
        return service?.state.some((state) => state.path === path || state.link === path) ? [[enable, fromOption]] : [];
      });
    });
    expect(left).toEqual([]);
  });

  it("finds the place that an option names by the former name of the service", () => {
    const state = (config: Record<string, unknown>) => services({ services: config })[0]?.state.map(({ path }) => path);
    expect(state({ jellyseerr: { enable: true } })).toEqual(["/var/lib/private/jellyseerr"]);
    expect(state({ jellyseerr: { enable: true, configDir: "/data/requests" } })).toEqual(["/data/requests"]);
    expect(state({ seerr: { enable: true, configDir: "/data/requests" } })).toEqual(["/data/requests"]);
  });

  it("follows what options say about the services that come along", () => {
    const enabled = (config: Record<string, unknown>) =>
      services({ services: config }).map(({ enable, state }) => [enable, state[0]?.path]);
    const gitea = ["services.gitea.enable", "/var/lib/gitea"];
    expect(enabled({ gitea: { enable: true } })).toEqual([gitea]);
    expect(enabled({ gitea: { enable: true, database: { type: "mysql" } } })).toEqual([
      gitea,
      ["services.mysql.enable", "/var/lib/mysql"],
    ]);
    const paperless = ["services.paperless.enable", "/var/lib/paperless"];
    expect(enabled({ paperless: { enable: true } })).toEqual([
      paperless,
      ["services.redis.servers.paperless.enable", "/var/lib/redis-paperless"],
    ]);
    const server = { redis: { servers: { paperless: { enable: false } } } };
    expect(enabled({ paperless: { enable: true }, ...server })).toEqual([paperless]);
    const elsewhere = { enable: true, settings: { PAPERLESS_REDIS: "redis://elsewhere" } };
    expect(enabled({ paperless: elsewhere })).toEqual([paperless]);
  });

  it("asks for all conditions, by the release that the service itself is told, and names who runs what comes along", () => {
    const cloud = (options: Record<string, unknown>) =>
      services({ services: { nextcloud: { enable: true, ...options } } });
    const local = { config: { dbtype: "pgsql" }, database: { createLocally: true }, configureRedis: true };
    expect(cloud(local).map(({ enable }) => enable)).toEqual([
      "services.nextcloud.enable",
      "services.nginx.enable",
      "services.postgresql.enable",
      "services.redis.servers.nextcloud.enable",
    ]);
    expect(cloud(local).at(-1)?.state[0]).toMatchObject({ path: "/var/lib/redis-nextcloud", user: "nextcloud" });
    expect(cloud({ ...local, config: { dbtype: "sqlite" } }).map(({ enable }) => enable)).not.toContain(
      "services.postgresql.enable",
    );
    const mail = (release: string) =>
      services({ services: { stalwart: { enable: true, stateVersion: release } } })[0]?.state.map(({ path }) => path);
    expect(mail("25.05")).toEqual(["/var/lib/stalwart-mail"]);
    expect(mail("26.05")).toEqual(["/var/lib/stalwart"]);
  });

  it("moves directories with the one they lie in, unless their own option says where they are", () => {
    const places = (config: Record<string, unknown>) =>
      services({ services: { paperless: { enable: true, ...config } } })[0]?.state.map(({ path }) => path);
    expect(places({})).toEqual(["/var/lib/paperless", "/var/cache/paperless"]);
    expect(places({ dataDir: "/data/p" })).toEqual(["/data/p", "/var/cache/paperless"]);
    expect(places({ mediaDir: "/media" })).toEqual(["/var/lib/paperless", "/media", "/var/cache/paperless"]);
  });

  it("takes the link of a dynamic user's directory for the directory", () => {
    const state = services({ services: { beszel: { hub: { enable: true, dataDir: "/var/lib/beszel-hub" } } } })[0]
      ?.state;
    expect(state?.map(({ path }) => path)).toEqual(["/var/lib/private/beszel-hub"]);
    const moved = services({ services: { beszel: { hub: { enable: true, dataDir: "/data/hub" } } } })[0]?.state;
    expect(moved?.map(({ path, dynamicUser }) => [path, dynamicUser])).toEqual([["/data/hub", false]]);
  });

  it("reads units that the host declares by hand", () => {
    const found = services({
      systemd: {
        services: {
          app: { serviceConfig: { StateDirectory: "app app/data", LogsDirectory: ["app"], User: "app" } },
          dyn: { serviceConfig: { StateDirectory: "dyn", DynamicUser: true, StateDirectoryMode: "0700" } },
          plain: { script: "true" },
        },
      },
    });
    expect(found.map(({ enable, confidence, state }) => [enable, confidence, state.map(({ path }) => path)])).toEqual([
      ["systemd.services.app", "configuration", ["/var/lib/app", "/var/lib/app/data", "/var/log/app"]],
      ["systemd.services.dyn", "configuration", ["/var/lib/private/dyn"]],
    ]);
    expect(found[0]?.state[0]).toMatchObject({ user: "app", group: "app" });
    expect(found[1]?.state[0]).toMatchObject({ mode: "0700", link: "/var/lib/dyn", user: undefined });
  });
});
