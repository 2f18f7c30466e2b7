import { execFileSync } from "node:child_process";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  baseState,
  catalogueSources,
  currentService,
  knownStateless,
  optionDefault,
  optionDefaults,
  type StateCondition,
  serviceByEnable,
  services,
  servicesKeeping,
  stateOfInstance,
} from "./catalogue.ts";
import baseFile from "./data/base-state.json" with { type: "json" };
import defaultsFile from "./data/option-defaults.json" with { type: "json" };
import servicesFile from "./data/services.json" with { type: "json" };
import statelessFile from "./data/stateless.json" with { type: "json" };

const absolute = z
  .string()
  .refine((path) => path.startsWith("/") && posix.normalize(path) === path && !/[ $<>]|.\/$/.test(path), {
    message: "not an absolute, normalised path",
  });
// Options of Elixir programs have a colon in front of a name: `services.akkoma.config.":pleroma"`.
const optionPath = z.string().regex(/^[a-z][A-Za-z0-9]*(\.:?[A-Za-z0-9_*-]+)+$/);
const release = z.string().regex(/^\d\d\.\d\d$/);
const mode = z.string().regex(/^[0-7]{4}$/);
const confidence = z.enum(["read", "evaluated", "static", "crowd-confirmed", "curated"]);
const text = z.string().min(3);

const oneCondition = z.strictObject({
  stateVersionBefore: release.optional(),
  stateVersionFrom: release.optional(),
  releaseBefore: release.optional(),
  releaseFrom: release.optional(),
  versionOption: optionPath.optional(),
  option: optionPath.optional(),
  equals: z.union([z.string(), z.boolean()]).optional(),
  isUnset: z.boolean().optional(),
  lacks: z.string().optional(),
  unlessInstance: z.string().optional(),
  isEmpty: z.boolean().optional(),
});
const condition: z.ZodType<StateCondition> = oneCondition
  .extend({ also: z.lazy(() => condition).optional(), or: z.lazy(() => condition).optional() })
  .refine((value) => Object.keys(value).length > 0 && (value.equals === undefined || value.option !== undefined));
const implied = z.strictObject({
  enable: optionPath,
  instance: z.string().optional(),
  each: optionPath.optional(),
  user: z.string().optional(),
  condition: condition.optional(),
});
const statePath = z.strictObject({
  path: absolute,
  link: absolute.optional(),
  kind: z.enum(["state", "log", "cache"]),
  type: z.literal("file").optional(),
  user: z.string().min(1).optional(),
  group: z.string().min(1).optional(),
  mode: mode.optional(),
  dynamicUser: z.literal(true).optional(),
  database: z.enum(["rewrite-in-place", "mostly-append"]).optional(),
  image: z.literal(true).optional(),
  containers: z.literal(true).optional(),
  fromOption: optionPath.optional(),
  optionBase: absolute.optional(),
  condition: condition.optional(),
  perhapsCache: z.literal(true).optional(),
  irreplaceable: z.union([z.enum(["data", "key"]), z.literal(false)]).optional(),
  little: z.literal(true).optional(),
  littleWhen: z.strictObject({ condition, note: text }).optional(),
  note: text.optional(),
  realConfigs: z.number().int().positive().max(34).optional(),
});
const serviceEntry = z.strictObject({
  id: z.string(),
  enable: optionPath,
  trigger: z.enum(["flag", "instance", "instance-enable", "non-empty"]).optional(),
  rank: z.number().int().min(1).max(80).optional(),
  states: z.array(statePath),
  implies: z.array(implied),
  confidence,
  evidence: z.string().endsWith(".nix").optional(),
  revision: z.string().optional(),
  note: text.optional(),
  renamedTo: optionPath.optional(),
  dropped: z.literal(true).optional(),
});
const baseEntry = z.strictObject({
  path: absolute,
  type: z.enum(["directory", "file"]),
  kind: z.enum(["state", "log", "cache", "runtime"]),
  severity: z.enum(["error", "warning", "information", "none"]),
  condition: z.union([
    z.strictObject({ always: z.literal(true) }),
    z.strictObject({ option: optionPath, equals: z.boolean().optional(), default: z.boolean().optional() }),
    z.strictObject({ any: z.enum(["persistent-timer", "dynamic-user-state", "normal-user", "acme-certificate"]) }),
    z.strictObject({ undecidable: text }),
  ]),
  when: text,
  lost: text,
  instead: text.optional(),
  mode: mode.optional(),
  realConfigs: z.number().int().positive().max(34).optional(),
});
const defaultEntry = z.union([
  z.strictObject({ option: optionPath, value: z.json(), confidence }),
  z.strictObject({ option: optionPath, computed: text, confidence }),
  z.strictObject({ option: optionPath, below: optionPath, place: z.string().regex(/^[^/]/), confidence }),
  z.strictObject({
    option: optionPath,
    versions: z.array(z.strictObject({ from: release.optional(), value: z.json() })).min(2),
    confidence,
  }),
]);
const source = z.strictObject({ repository: z.string(), revision: z.string(), date: z.string(), use: text });

describe("the committed data", () => {
  it("has the shapes that the types promise", () => {
    z.strictObject({ sources: z.record(z.string(), source), services: z.array(serviceEntry) }).parse(servicesFile);
    z.strictObject({ paths: z.array(baseEntry) }).parse(baseFile);
    z.strictObject({ defaults: z.array(defaultEntry) }).parse(defaultsFile);
    z.strictObject({ services: z.array(optionPath) }).parse(statelessFile);
  });

  it("contains the curated corrections", () => {
    const script = fileURLToPath(new URL("../../../scripts/generate-catalogue.mjs", import.meta.url));
    expect(execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" })).toMatch(/^\d+ services/);
  });

  it("names each service, base path, option and state path once", () => {
    for (const names of [
      services.map((entry) => entry.id),
      services.map((entry) => entry.enable),
      baseState.map((entry) => entry.path),
      statelessFile.services,
      defaultsFile.defaults.map((entry) => entry.option),
      ...services.map((entry) => entry.states.map((state) => state.path)),
    ]) {
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it("implies, renames to and quotes only what exists", () => {
    const missing = services.flatMap((entry) =>
      [...entry.implies.map(({ enable }) => enable), ...(entry.renamedTo ? [entry.renamedTo] : [])].filter(
        (enable) => !serviceByEnable(enable),
      ),
    );
    expect(missing).toEqual([]);
    expect(services.filter((entry) => entry.revision && !catalogueSources[entry.revision])).toEqual([]);
    const ofNixpkgs = services.filter(({ revision }) => revision === undefined || revision.startsWith("nixpkgs-"));
    expect(ofNixpkgs.filter(({ evidence }) => evidence && !evidence.startsWith("nixos/modules/"))).toEqual([]);
    expect(services.filter((entry) => entry.confidence === "read" && !(entry.evidence && entry.revision))).toEqual([]);
  });

  it("puts the state of DynamicUser services below private, with the link beside it", () => {
    for (const state of services.flatMap((entry) => entry.states)) {
      const isPrivate = /^\/var\/(lib|cache|log)\/private\//.test(state.path);
      expect([state.path, isPrivate, state.link !== undefined]).toEqual([
        state.path,
        state.dynamicUser === true,
        state.dynamicUser === true,
      ]);
      if (state.link) expect(state.path).toBe(state.link.replace(/^(\/var\/(lib|cache|log))/, "$1/private"));
    }
  });

  it("puts a path below another one of its service only for the option that moves it", () => {
    for (const { states, enable } of services.filter(({ confidence }) => confidence === "read")) {
      const nested = states.filter(({ path }) => states.some((outer) => path.startsWith(`${outer.path}/`)));
      expect([enable, nested.filter(({ fromOption }) => !fromOption).map(({ path }) => path)]).toEqual([enable, []]);
    }
  });

  it("names the instance of an implied service exactly where the service has instances", () => {
    for (const { enable, instance, each } of services.flatMap((entry) => entry.implies)) {
      expect([enable, enable.endsWith("*")]).toEqual([enable, instance !== undefined || each !== undefined]);
    }
  });

  it("uses `*` exactly where an attribute set names the instances", () => {
    for (const entry of services) {
      const isInstance = entry.trigger === "instance" || entry.trigger === "instance-enable";
      expect([entry.enable, entry.enable.endsWith("*")]).toEqual([entry.enable, isInstance]);
      // Conditions may ask whether an option is set at any name of another set.
      const states = entry.states.map(({ littleWhen, ...state }) => state);
      if (!isInstance) expect(JSON.stringify(states)).not.toContain("*");
    }
  });

  it("ranks 80 services, most of them with state and read in today's modules", () => {
    const ranked = services.filter((entry) => entry.rank !== undefined);
    expect(ranked.map((entry) => entry.rank).sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: 80 }, (_, i) => i + 1),
    );
    expect(ranked.filter((entry) => entry.states.length > 0).length).toBeGreaterThanOrEqual(75);
    expect(ranked.filter((entry) => entry.confidence !== "read")).toEqual([]);
    expect(ranked.filter((entry) => entry.renamedTo || entry.dropped)).toEqual([]);
  });

  it("has read 500 services in the modules of 2026", () => {
    const read = services.filter(({ confidence, revision }) => {
      return confidence === "read" && catalogueSources[revision ?? ""]?.date.startsWith("2026");
    });
    expect(read.length).toBeGreaterThanOrEqual(500);
  });

  it("gives what several services keep one owner, and what a user of its own keeps that user", () => {
    const read = services.filter(({ confidence }) => confidence === "read");
    const states = read.flatMap(({ enable, states }) => states.map((state) => ({ enable, ...state })));
    const owner = ({ user, group, mode, dynamicUser }: (typeof states)[number]) => [user, group, mode, dynamicUser];
    for (const state of states) {
      const first = states.find(({ path }) => path === state.path) ?? state;
      expect([state.enable, state.path, ...owner(state)]).toEqual([state.enable, state.path, ...owner(first)]);
    }
    const ownerless = states.filter(({ kind, user, dynamicUser }) => kind === "state" && !user && !dynamicUser);
    // One signs with opendkim or rspamd, as its age goes; one runs with a user or with DynamicUser, as its option says.
    expect([...new Set(ownerless.map(({ path }) => path))]).toEqual(["/var/dkim", "/var/lib/actual"]);
  });

  it("knows what every system keeps", () => {
    const severity = (path: string) => baseState.find((entry) => entry.path === path)?.severity;
    for (const path of [
      "/etc/machine-id",
      "/etc/NetworkManager/system-connections",
      "/etc/ssh/ssh_host_ed25519_key",
      "/etc/wpa_supplicant.conf",
      "/var/lib/bluetooth",
      "/var/lib/iwd",
      "/var/lib/NetworkManager",
      "/var/lib/nixos",
      "/var/lib/private",
      "/var/lib/systemd",
      "/var/lib/systemd/timers",
      "/var/log",
    ]) {
      expect([path, severity(path)]).toEqual([path, expect.stringMatching(/^(error|warning)$/)]);
    }
    expect(severity("/var/lib/systemd/random-seed")).toBe("information");
  });

  it("never calls a service with state stateless", () => {
    const withState = services.filter((entry) => entry.states.length > 0);
    expect(withState.filter((entry) => knownStateless.has(entry.enable))).toEqual([]);
    expect(knownStateless.size).toBeGreaterThan(600);
  });

  it("has a default, plain or explained, for every option that moves state in a ranked or read service", () => {
    const options = services
      .filter((entry) => entry.rank !== undefined || entry.confidence === "read")
      .flatMap((entry) => entry.states.flatMap((state) => state.fromOption ?? []));
    expect(options.filter((option) => !optionDefaults.has(option))).toEqual([]);
  });
});

describe("catalogue", () => {
  it("tells databases that rewrite in place from those that mostly append, containers and images", () => {
    const state = (enable: string) => serviceByEnable(enable)?.states[0];
    expect(state("services.postgresql.enable")?.database).toBe("rewrite-in-place");
    expect(state("services.mysql.enable")?.database).toBe("rewrite-in-place");
    expect(state("services.prometheus.enable")?.database).toBe("mostly-append");
    expect(state("virtualisation.podman.enable")).toMatchObject({ containers: true, path: "/var/lib/containers" });
    expect(state("virtualisation.podman.enable")?.database).toBeUndefined();
    expect(state("virtualisation.libvirtd.enable")?.image).toBe(true);
  });

  it("knows which path belongs to which stateVersion", () => {
    expect(serviceByEnable("services.vaultwarden.enable")?.states).toMatchObject([
      { path: "/var/lib/vaultwarden", condition: { stateVersionFrom: "24.11" } },
      { path: "/var/lib/bitwarden_rs", condition: { stateVersionBefore: "24.11" } },
    ]);
  });

  it("does not offer a URL or a bare name as the default of a path", () => {
    const schema = optionDefaults.get("services.postgresql.dataDir");
    expect(schema && "computed" in schema).toBe(true);
    expect(optionDefaults.get("services.caddy.dataDir")).toMatchObject({ value: "/var/lib/caddy" });
    expect(optionDefault("services.caddy.dataDir")).toBe("/var/lib/caddy");
    expect(optionDefault("users.mutableUsers")).toBe(true);
    expect(optionDefault("services.postgresql.dataDir")).toBeUndefined();
    expect(optionDefault("services.openssh.hostKeys")).toBeUndefined();
    for (const state of services.flatMap((entry) => entry.states)) {
      const known = state.fromOption ? optionDefaults.get(state.fromOption) : undefined;
      if (!known || !("value" in known)) continue;
      const places = [known.value].flat().map((value) => posix.join(state.optionBase ?? "/", String(value)));
      if (state.type !== "file") expect(places.every((place) => place.startsWith("/"))).toBe(true);
    }
  });

  it("fills in the name of an instance", () => {
    const redis = serviceByEnable("services.redis.servers.*")!.states[0]!;
    expect(stateOfInstance(redis, "cache")).toMatchObject({ path: "/var/lib/redis-cache", user: "redis-cache" });
    expect(stateOfInstance(redis, "")).toMatchObject({ path: "/var/lib/redis", user: "redis" });
  });

  it("finds whom a path belongs to, by either spelling of a DynamicUser directory", () => {
    const owners = (path: string) => servicesKeeping(path).map((entry) => entry.id);
    expect(owners("/var/lib/postgresql/16/base")).toContain("services.postgresql");
    expect(owners("/var/lib/AdGuardHome")).toEqual(["services.adguardhome"]);
    expect(owners("/var/lib/private/AdGuardHome")).toEqual(["services.adguardhome"]);
    expect(owners("/var/lib/redis-cache")).toContain("services.redis.servers.*");
    expect(owners("/var/lib/zitadel")).toEqual([]);
  });

  it("follows renames and implied services", () => {
    expect(currentService(serviceByEnable("services.bitwarden_rs.enable")!).id).toBe("services.vaultwarden");
    expect(serviceByEnable("services.immich.enable")!.implies.map(({ enable }) => enable)).toContain(
      "services.postgresql.enable",
    );
  });
});
