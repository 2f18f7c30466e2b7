import type { Host, PersistedPath, Service, ServiceState } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { readString } from "../../host/read-values.ts";
import { asksForNoCertificate } from "../reading/caddy-certificates.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { mayMountItself, unlessDataset, unlessMountedByScript } from "../reading/data-fate.ts";
import { entryAtLink, persistBehindLink } from "../reading/linked-state.ts";
import { storesElsewhere } from "../reading/loki-storage.ts";
import { correctEntry, entryMeantFor, misspeltEntry, misspeltInWords } from "../reading/misspelt-entry.ts";
import { type NamedVolume, namedVolumes } from "../reading/named-volumes.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { postgresVersion } from "../reading/postgres-version.ts";
import { replacedSystemFile } from "../reading/replaced-files.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { storesNoCertificate } from "../reading/traefik-certificates.ts";
import { lostVitalPart } from "../reading/vital-parts.ts";
import { whyNotKept } from "../reading/why-not-kept.ts";
import { type Loss, lossInWords, lossOf, severityOfLoss, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext, type Severity } from "../rule.ts";

/** Host keys have a rule of their own, whose advice is another; an X server's state is that of its display manager. */
const ELSEWHERE = new Set(["services.openssh.enable", "nix.sshServe.enable", "services.xserver.enable"]);

/** An enabled service keeps its state on the root, which is wiped. */
export const unpersistedServiceState = defineRule({
  code: "IMP401",
  name: "unpersisted-service-state",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    // Several services may keep their state in one place, as all certificates of ACME do.
    const said = new Set<string>();
    for (const service of host.services) {
      if (service.enabled.answer !== "yes" || ELSEWHERE.has(service.enable)) continue;
      // Without a certificate Caddy keeps nothing.
      if (service.enable === "services.caddy.enable" && asksForNoCertificate(host)) continue;
      if (service.enable === "services.traefik.enable" && storesNoCertificate(host)) continue;
      if (storesElsewhere(host, service) || isDeclared(host, service)) continue;
      const all = service.state
        .filter(({ kind, assumed, fate }) => kind === "state" && !(assumed && fate.survives.answer === "unknown"))
        .filter((state) => !mayMountItself(host, state.path) && !isGiven(state))
        .map((state) => ({ state, loss: uncoveredLoss(host, state.path) }))
        .filter(({ state, loss }) => (loss.lost === "yes" || mayBeDataset(loss)) && !said.has(state.path));
      const lost = all.filter(({ loss }) => loss.lost === "yes");
      if (lost.length === 0) reportPerhaps(context, service, all);
      for (const { state } of lost) said.add(state.path);
      // Entries for parts, such as a data directory with a version in its name, are somebody's choice.
      const whole = lost.filter(({ state }) => keptBelow(host, state.path) === undefined);
      if (whole.length < lost.length) reportParts(context, service, lost);
      const [first] = whole;
      // What few would miss of a service that nobody asked for by name is not worth a word.
      if (!first || (service.impliedBy !== undefined && whole.every(({ state }) => state.little))) continue;
      const misspelt = misspeltEntry(host, first.state.path);
      const meant = misspelt ? undefined : entryMeantFor(host, service);
      const volumes = first.state.containers ? namedVolumes(host, service.enable) : [];
      const why = whyNotKept(host, first.state.path);
      const atLink = entryAtLink(host, first.state);
      const unless = unlessDataset(
        host,
        severityOfLoss(host, first.loss.hypothetical, severityOf(host, service, whole, misspelt ?? meant)),
      );
      // Who moves all of it to where it is lost is told at the line that does.
      const moving = [...new Set(whole.flatMap(({ state }) => state.movedAt ?? []))];
      const isMoved = whole.every(({ state }) => state.movedAt !== undefined);
      context.report({
        at: (isMoved ? moving[0] : undefined) ?? service.place ?? coveragePlace(host),
        severity: volumes.length > 0 ? "warning" : unless.severity,
        message: `\`${service.enable}\` keeps its state in ${pathsInWords(whole.map(({ state }) => state))}, ${whereInWords(first.loss)}. It ${lossInWords(first.loss)}.${unless.words}${volumesInWords(volumes)}${doubt(host, service, first.state)}${misspeltInWords(misspelt)}${meantInWords(meant)}${atLink?.certain.answer === "yes" ? ` \`${atLink.path}\` is persisted, where systemd wants a link to it.` : ""}${why?.words ?? ""}`,
        help: helpFor(whole.map(({ state }) => state)),
        related: [
          ...(meant ? [{ place: meant.place, message: "this entry keeps nothing" }] : []),
          ...(isMoved && service.place ? [{ place: service.place, message: "it is switched on here" }] : []),
          ...(isMoved ? moving.slice(1) : moving).map((place) => ({ place, message: "this line moves a part of it" })),
          ...(why ? [{ place: why.place, message: why.related }] : []),
          ...(atLink ? [{ place: atLink.place, message: "this entry stands where systemd wants a link" }] : []),
          ...volumes.slice(0, 5).map(({ name, place }) => ({ place, message: `the volume \`${name}\` is lost` })),
          { place: first.loss.fate.place, message: whereInWords(first.loss) },
        ],
        fixes: () => {
          const wrong = misspelt ?? meant;
          const corrected = whole.length === 1 ? correctEntry(context, wrong, first.state.path) : [];
          if (corrected.length > 0) return corrected;
          // A second entry for the directory beside the one at its link would be refused once that one is corrected.
          const besides = whole.filter(({ state }) => entryAtLink(host, state) === undefined);
          if (atLink && besides.length === 0) return persistBehindLink(context, atLink, first.state.path);
          return persistFix(
            context,
            besides.map(({ state }) => ({
              kind: state.type,
              path: state.path,
              user: owner(state.user, state),
              group: owner(state.group, state),
              mode: state.mode,
            })),
            undefined,
            service.place?.file,
          );
        },
      });
    }
  },
});

/** A key that an option takes from /run is put there at every boot, as secrets are. */
function isGiven({ type, path, movedAt }: ServiceState): boolean {
  return type === "file" && movedAt !== undefined && isBelow(path, "/run");
}

/**
 * State that cannot be had again, which nothing here keeps, on a host with a store and a script that mounts datasets which
 * the configuration does not name.
 */
function reportPerhaps(
  { host, report }: RuleContext,
  service: Service,
  perhaps: readonly { state: ServiceState; loss: Loss }[],
): void {
  const [first] = perhaps;
  const isListed = host.stores.some(({ directories }) => directories.length > 0);
  if (!first || !isListed || severityOf(host, service, perhaps, undefined) !== "error") return;
  report({
    at: service.place ?? coveragePlace(host),
    severity: "information",
    message: `\`${service.enable}\` keeps its state in \`${first.state.path}\`${first.state.note ? ` (${first.state.note})` : ""}, ${first.loss.fate.by}. It is lost at every reboot unless a dataset of ZFS is mounted there: a script mounts all of them (\`zfs mount -a\`) where they say themselves, which is not in this configuration.`,
    help: "See that the dataset is there (zfs list -o name,mountpoint), or persist the directory.",
    related: [{ place: unlessMountedByScript(first.loss), message: "all datasets are mounted here" }],
  });
}

function mayBeDataset(loss: Loss): boolean {
  return loss.lost === "unknown" && !loss.fate.persisted && unlessMountedByScript(loss) !== undefined;
}

/** The file that lact keeps its settings in is written by the configuration: there is nothing to lose. */
function isDeclared({ config }: Host, { enable }: Service): boolean {
  if (enable !== "services.lact.enable") return false;
  return config.at("environment", "etc", "lact/config.yaml").isDefined() !== false;
}

/**
 * The directory below private that a store keeps instead: the module runs the service with DynamicUser in another
 * release, and which one the host has may not be known.
 */
function keptForDynamicUser(host: Host, { path, dynamicUser }: ServiceState): string | undefined {
  if (dynamicUser || !path.startsWith("/var/lib/")) return undefined;
  const twin = path.replace("/var/lib/", "/var/lib/private/");
  const isListed = host.stores.some(({ directories }) => directories.some((entry) => entry.path === twin));
  return isListed ? twin : undefined;
}

/** A part of a state directory that is persisted or a filesystem of its own, when there is one. */
function keptBelow(host: Host, path: string): string | undefined {
  return keptParts(host, path)[0];
}

function keptParts(host: Host, path: string): string[] {
  const persisted = host.stores
    .filter(({ enabled }) => enabled.answer !== "no")
    .flatMap(({ directories, files }) => [...directories, ...files])
    .filter(({ certain }) => certain.answer !== "no");
  const paths = [...persisted.map((entry) => entry.path), ...host.fileSystems.map(({ mountpoint }) => mountpoint)];
  return [...new Set(paths.filter((kept) => isBelow(kept, path)))];
}

function meantInWords(meant: PersistedPath | undefined): string {
  return meant ? ` \`${meant.path}\` is persisted, where it keeps nothing on this host.` : "";
}

/** The options by which modules name the directory that matters below the one they make. */
const DATA_OPTIONS = ["dataDir", "stateDir", "dataPath", "configDir", "home"];

/** Where only parts are kept: nothing to say when the service's own option names one of them. */
function reportParts(
  context: RuleContext,
  service: Service,
  lost: readonly { state: ServiceState; loss: Loss }[],
): void {
  const { host } = context;
  const around = host.config.at(...service.enable.split(".").slice(0, -1));
  for (const { state, loss } of lost) {
    const kept = keptBelow(host, state.path);
    if (kept === undefined) continue;
    const named = DATA_OPTIONS.map((option) => readString(around.child(option)));
    if (named.some((path) => path && (!path.known || lossOf(host, path.value).lost !== "yes"))) continue;
    const cluster = otherCluster(host, service, kept);
    if (cluster) {
      context.report({
        at: service.place ?? coveragePlace(host),
        severity: "error",
        message: `\`${service.enable}\` runs PostgreSQL ${cluster} here, whose data is in \`${state.path}/${cluster}\`. It ${lossInWords(loss)}: what is kept, \`${kept}\`, is that of another version.`,
        help: `Persist \`${state.path}\` as a whole, and name the version with services.postgresql.package.`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
      continue;
    }
    // Who persists the place that it was moved from does not mean the part that is kept.
    const meant = entryMeantFor(host, service);
    const vital = lostVitalPart(host, service, state.path);
    const isMoved = meant !== undefined && !state.little && state.irreplaceable !== false;
    context.report({
      at: service.place ?? coveragePlace(host),
      severity: isMoved || vital ? "warning" : severityOfRest(host, service, state, kept),
      message: `\`${service.enable}\` keeps its state in \`${state.path}\`${state.note ? ` (${state.note})` : ""}. Of it \`${kept}\` is kept; the rest ${lossInWords(loss)}.${vital ? ` Among it is \`${vital.path}\`: ${vital.what}.` : ""}${meantInWords(meant)}`,
      help: "Persist the whole directory, unless the rest may go.",
      related: [
        ...(meant ? [{ place: meant.place, message: "this entry keeps nothing" }] : []),
        { place: loss.fate.place, message: whereInWords(loss) },
      ],
    });
  }
}

/**
 * Volumes without the engine's database lose their owner and options. A part with a filesystem of its own, such as
 * the images of machines, says nothing of the rest; one that is persisted by itself mostly is a choice.
 */
function severityOfRest(host: Host, { confidence }: Service, state: ServiceState, kept: string): Severity {
  if (state.containers) return "warning";
  if (confidence === "read" && !state.little && keptParts(host, state.path).every((part) => BULK.test(part)))
    return "warning";
  const isMount = host.fileSystems.some(({ mountpoint }) => mountpoint === kept) && !host.fateOf(kept).persisted;
  return isMount && confidence === "read" && !state.little && !state.perhapsCache ? "warning" : "hint";
}

/** Directories of bulk data, which whoever keeps nothing else has thought of alone. */
const BULK = /\/(images|isos?|media_store|volumes|pools?)$/;

/** The version that runs, where only the data directory of another one is kept. */
function otherCluster(host: Host, { enable }: Service, kept: string): string | undefined {
  const version = /^\/var\/lib\/postgresql\/(\d+)$/.exec(kept)?.[1];
  const runs = enable === "services.postgresql.enable" && version !== undefined ? postgresVersion(host) : undefined;
  const isKept = runs !== undefined && uncoveredLoss(host, `/var/lib/postgresql/${runs}`).lost !== "yes";
  return runs !== version && !isKept ? runs : undefined;
}

/** Each path with what is in it, said once of those beside each other that hold the same. */
function pathsInWords(states: readonly ServiceState[]): string {
  return states
    .map(({ path, note }, at) => `\`${path}\`${note && note !== states[at + 1]?.note ? ` (${note})` : ""}`)
    .join(", ");
}

/** A file that its program replaces cannot be persisted by itself. */
function helpFor(states: readonly ServiceState[]): string {
  for (const { path, type } of states) {
    const replaced = type === "file" ? replacedSystemFile(path) : undefined;
    if (!replaced) continue;
    return `Do not persist \`${path}\` by itself: ${replaced.who} renames a new file over it, which fails on a bind mount. ${replaced.instead}`;
  }
  if (states.some(({ dynamicUser }) => dynamicUser)) {
    return "Persist the directory below /var/lib/private: that is where systemd keeps the state of services with DynamicUser.";
  }
  return `Persist ${states.length > 1 ? "the directories" : "the directory"}, or mount a filesystem there that nothing wipes.`;
}

/** systemd gives the directories of dynamic users their owner itself. */
function owner(name: string | undefined, state: ServiceState): string | undefined {
  return state.dynamicUser ? undefined : name;
}

/**
 * How well the path is known decides how loud to say it: read in the module, persisted by others or written by the
 * host itself is certain; found by evaluating an older NixOS is worth a look; the rest is a hint.
 */
function severityOf(
  host: Host,
  service: Service,
  lost: readonly { state: ServiceState }[],
  wrong: PersistedPath | undefined,
): Severity {
  if (lost.every(({ state }) => state.little)) return "hint";
  if (declaresConnections(host, service)) return "information";
  // Who persists the place that the storage was moved from means that of root.
  if (isForUsers(host, service)) return wrong ? "warning" : "hint";
  // A desktop switches on what its users may need, whether the machine has the device or not.
  if (service.impliedBy?.includes(".desktopManager.")) return "information";
  const keys = keysOfBorg(host, service);
  if (keys !== undefined) return keys ? "error" : "information";
  if (service.confidence === "static" || service.confidence === "curated") return "hint";
  if (service.confidence === "evaluated" || lost.every(({ state }) => state.assumed)) return "information";
  // Hardly anybody misses a queue or the sessions of an application; where it is data, the author knows.
  // The system of a declared container holds its data; an engine's images can be pulled again.
  const isSystem = service.enable.startsWith("containers.");
  if (!isSystem && lost.every(({ state }) => state.containers || state.perhapsCache || keptForDynamicUser(host, state)))
    // Who moved the images, and persists the place that they are moved from, believes that they are kept.
    return wrong || isDockerByHand(host, service) ? "warning" : "information";
  // Who persists another path for it wants to keep it, and believes that it is kept.
  const isWanted =
    wrong !== undefined && lost.some(({ state }) => !state.assumed && !state.little && state.irreplaceable !== false);
  const isForGood = lost.some(
    ({ state }) => (state.database || state.irreplaceable) && !state.perhapsCache && !state.assumed,
  );
  return isWanted || isForGood ? "error" : "warning";
}

/** Whether the keys of a job's repository are in the directory, without which no backup can be read; undefined when not known. */
function keysOfBorg(host: Host, { enable }: Service): boolean | undefined {
  if (!enable.startsWith("services.borgbackup.jobs.")) return undefined;
  const mode = readString(host.config.at(...enable.split("."), "encryption", "mode"));
  return mode?.known ? /^keyfile/.test(mode.value) : undefined;
}

/** Without a container that the host declares, podman is mostly run by people, whose containers are in their homes. */
function isForUsers(host: Host, { enable }: Service): boolean {
  if (enable !== "virtualisation.podman.enable" || normalUsers(host).length === 0) return false;
  const groups = [
    host.config.at("virtualisation", "oci-containers", "containers"),
    host.config.at("virtualisation", "quadlet"),
  ];
  return groups.every((group) => group.isDefined() === false);
}

/**
 * Whether the host asks for a Docker itself and declares none of its containers: what runs there, with its volumes, was made by
 * hand, and nothing makes it again.
 */
function isDockerByHand({ config }: Host, { enable, impliedBy }: Service): boolean {
  if (enable !== "virtualisation.docker.enable" || impliedBy !== undefined) return false;
  return config.at("virtualisation", "oci-containers", "containers").isDefined() === false;
}

/** Who writes connections into the configuration makes few by hand, which are what is lost. */
function declaresConnections({ config }: Host, { enable }: Service): boolean {
  if (enable !== "networking.networkmanager.enable") return false;
  return config.at("networking", "networkmanager", "ensureProfiles", "profiles").isDefined() === true;
}

/** What is in the storage of a container engine that cannot be pulled again. */
function volumesInWords(volumes: readonly NamedVolume[]): string {
  if (volumes.length === 0) return "";
  const names = [...new Set(volumes.map(({ name }) => `\`${name}\``))];
  const containers = [...new Set(volumes.map(({ container }) => `\`${container}\``))];
  const listed = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  const of = containers.length > 3 ? `${containers.length} containers` : containers.join(", ");
  return ` In it ${names.length > 1 ? "are the volumes" : "is the volume"} ${listed} of ${of}.`;
}

function doubt(host: Host, service: Service, state: ServiceState): string {
  const twin = keptForDynamicUser(host, state);
  if (twin) return ` \`${twin}\`, which is kept, is where a release that runs it with DynamicUser has it.`;
  if (service.impliedBy) return ` It is switched on by \`${service.impliedBy}\`.`;
  return state.assumed ? " The path is the usual one; the configuration may move it." : "";
}
