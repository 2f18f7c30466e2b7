import type { FileSystem, Host, Known, PersistedPath, SnapshotJob, Store, Verdict } from "../host/host.ts";
import { policyWords } from "../shell/retention.ts";
import type { Locations } from "./locations.ts";
import type { FactsJson } from "./schema.ts";

/** Everything known of one host, as `facts --format json` prints it. */
export function factsJson(host: Host, locations: Locations): FactsJson {
  return {
    version: 1,
    host: host.name,
    entry: locations.shown(host.entry),
    system: knownJson(host.system),
    hostName: knownJson(host.hostName),
    targets: targetsJson(host, locations),
    release: { nixos: host.release.nixos ?? null, stateVersion: knownJson(host.release.stateVersion) },
    impermanent: host.isImpermanent,
    fileSystems: Object.fromEntries(host.fileSystems.map((fs) => [fs.mountpoint, fileSystemJson(fs, locations)])),
    stores: host.stores.map((store) => storeJson(store, locations)),
    ephemeralRoot: rootJson(host, locations),
    services: host.services.map((service) => ({
      enable: service.enable,
      enabled: service.enabled.answer,
      confidence: service.confidence,
      state: service.state.map(({ path, kind, fate }) => ({
        path,
        kind,
        fate: fate.survives.answer,
        by: fate.by,
        ...reason(fate.survives),
      })),
    })),
    snapshotJobs: host.snapshotJobs.map((job) => ({
      tool: job.tool,
      name: job.name,
      sources: job.sources.map((source) => orNull(source)),
      directory: orNull(job.directory),
      periodSeconds: orNull(job.period),
      keeps: job.keeps?.policies.known ? job.keeps.policies.value.map(({ policy }) => policyWords(policy)) : null,
      ...policyJson(job),
    })),
    timers: host.calendars.map((use) => ({
      option: use.option.join("."),
      calendar: knownJson(use.expression),
      ...(use.persistent ? { persistent: knownJson(use.persistent) } : {}),
    })),
    incomplete: [...new Set(host.incomplete.map(({ why }) => why))],
  };
}

/** Where a host is deployed to. */
export function targetsJson(host: Host, locations: Locations): FactsJson["targets"] {
  return host.targets.map(({ address, user, port, from, place }) => ({
    address,
    user: user ?? null,
    port: port ?? null,
    from,
    ...(place ? { location: locations.location(place) } : {}),
  }));
}

function fileSystemJson(fs: FileSystem, locations: Locations): FactsJson["fileSystems"][string] {
  const unknown = [fs.device, fs.fsType, fs.neededForBoot].flatMap((known) => (known.known ? [] : [known.why]));
  if (fs.optionsOpen) unknown.push(fs.optionsOpen);
  for (const { text, certain } of fs.options) if (!certain) unknown.push(`whether ${text} applies`);
  return {
    device: orNull(fs.device),
    fsType: orNull(fs.fsType),
    options: fs.options.map((option) => option.text),
    neededForBoot: orNull(fs.neededForBoot),
    ...(fs.subvolume ? { subvolume: orNull(fs.subvolume) } : {}),
    certainty: fs.certain.answer,
    declaredBy: fs.declaredBy,
    ...(unknown.length > 0 ? { unknown } : {}),
    ...(fs.place ? { location: locations.location(fs.place) } : {}),
  };
}

function storeJson(store: Store, locations: Locations): FactsJson["stores"][number] {
  const entry = (path: PersistedPath) => entryJson(path, locations);
  const own = (paths: readonly PersistedPath[]) => paths.filter((path) => path.userName === undefined).map(entry);
  const of = (user: string, paths: readonly PersistedPath[]) =>
    paths.filter((path) => path.userName === user).map(entry);
  const users = [...new Set([...store.directories, ...store.files].flatMap((path) => path.userName ?? []))];
  return {
    path: orNull(store.path),
    module: store.module,
    directories: own(store.directories),
    files: own(store.files),
    users: Object.fromEntries(
      users.map((user) => [user, { directories: of(user, store.directories), files: of(user, store.files) }]),
    ),
    incomplete: store.open.map(({ why }) => why),
  };
}

function entryJson(path: PersistedPath, locations: Locations): FactsJson["stores"][number]["directories"][number] {
  return {
    path: path.path,
    user: orNull(path.user),
    group: orNull(path.group),
    mode: orNull(path.mode),
    certainty: path.certain.answer,
    ...reason(path.certain),
    ...(path.place ? { location: locations.location(path.place) } : {}),
  };
}

function rootJson(host: Host, locations: Locations): FactsJson["ephemeralRoot"] {
  const root = host.ephemeralRoot;
  switch (root.kind) {
    case "none":
      return { kind: "none" };
    case "unknown":
      return { kind: "unknown", why: root.why, ...(root.place ? { location: locations.location(root.place) } : {}) };
    case "tmpfs":
    case "declared":
      return { kind: root.kind, ...(root.place ? { location: locations.location(root.place) } : {}) };
    case "rollback": {
      const { technique, wipes, runs, place } = root.rollback;
      return {
        kind: "rollback",
        technique,
        wipes: [...wipes],
        runs: runs.answer,
        ...(place ? { location: locations.location(place) } : {}),
      };
    }
  }
}

/** The root in a few words, for lists. */
export function rootInWords(host: Host): string {
  const root = host.ephemeralRoot;
  switch (root.kind) {
    case "tmpfs":
      return "tmpfs";
    case "declared":
      return "emptied, says impermanence.json";
    case "rollback":
      return `${root.rollback.technique}, rolled back at boot`;
    case "none":
      return "not emptied";
    case "unknown":
      return "unknown";
  }
}

function policyJson({ tool, keeps }: SnapshotJob): { policy?: FactsJson["snapshotJobs"][number]["policy"] } {
  const policy = tool === "policy" && keeps?.policies.known ? keeps.policies.value[0]?.policy : undefined;
  if (!policy) return {};
  // JSON has no infinity.
  const finite = (number: number) => (Number.isFinite(number) ? number : null);
  const spans = policy.spans.map(({ unit, each, last }) => ({ unit, each: finite(each), last: finite(last) }));
  return { policy: { newest: policy.newest, youngerThanSeconds: finite(policy.youngerThan), spans } };
}

/** A value, or null when it is not known. */
export function orNull<T>(known: Known<T> | undefined): T | null {
  return known?.known ? known.value : null;
}

function knownJson<T>(known: Known<T>): { value: T | null; why?: string } {
  return known.known ? { value: known.value } : { value: null, why: known.why };
}

function reason(verdict: Verdict): { why?: string } {
  return verdict.answer === "unknown" ? { why: verdict.why } : {};
}
