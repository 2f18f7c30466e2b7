import type { Place } from "../eval/origin.ts";
import { Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { assumedRoot, type HostAssumptions, isUnwanted, NO_ASSUMPTIONS } from "./assumptions.ts";
import { readCalendars } from "./calendars.ts";
import { readDisko } from "./disko.ts";
import { asMeant, readEphemeralRoot, readRollbacks, readUnclearWipe, rootAsMeant } from "./ephemeral-root.ts";
import { FactLedger } from "./fact-ledger.ts";
import { type FateInput, fateOf, fileSystemAt, readEmptiedTmp } from "./fate.ts";
import { readFileSystems } from "./file-systems.ts";
import { handMadeMounts } from "./hand-made-mounts.ts";
import { ownHomeModuleAt } from "./home-module.ts";
import type { Fate, Host } from "./host.ts";
import { readInitrdHooks } from "./initrd.ts";
import { linksOf } from "./links.ts";
import { readMicrovm } from "./microvm.ts";
import { unreadModelOptions } from "./model-options.ts";
import { readPersistence } from "./persistence.ts";
import { readString, stringOfValue } from "./read-values.ts";
import { realFileSystems } from "./real-file-systems.ts";
import { readRelease } from "./release.ts";
import { isMeantElsewhere } from "./rollback-target.ts";
import { isSameBundle, isSameFact, isSameList } from "./same-fact.ts";
import { scriptsOf } from "./script.ts";
import { readScriptJobs } from "./script-snapshots.ts";
import { readScripts } from "./scripts.ts";
import { readServices } from "./services.ts";
import { settleFileSystems } from "./settled-file-systems.ts";
import { readToolJobs } from "./snapshot-jobs.ts";
import { withMountedSources } from "./snapshot-sources.ts";
import { readUnits } from "./units.ts";
import { notKnown } from "./verdict.ts";

/** A host's merged configuration and what is known about where it comes from. */
export interface HostInput {
  readonly name: string;
  readonly entry: string;
  readonly root: OptionNode;
  /** Release or branch of the nixpkgs input, e.g. "25.11" or "nixos-unstable". */
  readonly release: string | undefined;
  /** The last release of which nixpkgs certainly has every change; "newest" for a rolling branch without a lock. */
  readonly settledRelease?: string | undefined;
  /** When the locked revision of impermanence was made, in seconds since 1970. */
  readonly impermanenceAt?: number | undefined;
  /** The same of microvm.nix. */
  readonly microvmAt?: number | undefined;
  readonly files: readonly string[];
  readonly problems: Host["problems"];
  readonly opaque: Host["opaque"];
  /** What models of frameworks saw and do not interpret. */
  readonly incomplete?: Host["incomplete"];
  /** The platform as a Nix value, e.g. "x86_64-linux". */
  readonly system?: Value;
  /** Where the configuration is deployed to. */
  readonly targets?: Host["targets"];
  /** Files of the workspace that are no modules. */
  beside?: Host["beside"];
}

/** The folder of a flake; a module outside of one may stand anywhere, and its files too. */
function folderOf(entry: string): string | undefined {
  return /^(\/.+)\/flake\.nix$/.exec(entry)?.[1];
}

/**
 * The facts of a host. Each is worked out when it is first asked for, and only once. A ledger that knows the host as it
 * was before an edit keeps what the edit does not reach.
 */
export function buildHost(
  input: HostInput,
  assumptions: HostAssumptions = NO_ASSUMPTIONS,
  ledger: FactLedger = new FactLedger(false),
): Host {
  const { root } = input;
  const fact = <T>(name: string, make: () => T, isSame: (before: T, now: T) => boolean = isSameFact) =>
    ledger.fact(name, make, isSame);
  // An image of a disk has a `/` for whoever gives the host none.
  const hasOwnRoot = () =>
    root.at("fileSystems", "/").isDefined() === true || disko().mounts.some(({ mountpoint }) => mountpoint === "/");
  const unread = (isMeant: (module: Host["opaque"][number]) => boolean) =>
    input.opaque
      .filter((module) => !module.known && isMeant(module) && !(module.mounts === "disk" && hasOwnRoot()))
      .map(({ name, why, place }) => ({ why: `${name} cannot be read: ${why}`, place }));
  // Modules are loaded when the configuration is first looked at; only then is it known which are opaque.
  const own = fact("unread modules", () => {
    ledger.noteVolatile();
    root.names();
    return [...(input.incomplete ?? []), ...unread(({ inside }) => inside === undefined)];
  });
  const unseen = () => own()[0]?.why;
  const release = fact("release", () => readRelease(root, input));
  const disko = fact("disko", () => readDisko(root));
  const persistence = fact("persistence", () =>
    readPersistence(
      root,
      (path) => unread(({ inside }) => inside !== undefined && path.every((name, index) => inside[index] === name)),
      ownHomeModuleAt(input.impermanenceAt),
    ),
  );
  const derived = fact("derived mounts", () => {
    const microvm = readMicrovm(root);
    return { mounts: [...disko().mounts, ...microvm.mounts], open: disko().open ?? microvm.open };
  });
  const fileSystems = fact("filesystems", () =>
    realFileSystems(
      root,
      settleFileSystems(readFileSystems(root, derived(), unseen()), persistence().stores, release()),
      persistence().stores,
    ),
  );
  const hooks = fact("hooks", () => readInitrdHooks(root));
  const units = fact(
    "units",
    () => readUnits(root),
    (before, now) => isSameList(before.list, now.list) && isSameFact(before.open, now.open),
  );
  const scripts = fact("scripts", () => readScripts(root, hooks(), units(), disko().hooks), isSameList);
  const calendars = fact("calendars", () => readCalendars(root));
  const search = () => ({
    root,
    release: release(),
    hooks: hooks(),
    units: units(),
    fileSystems: fileSystems(),
    layouts: disko().layouts,
    scripts: scripts(),
    unseen: unseen(),
  });
  const rollbacks = fact("rollbacks", () => readRollbacks(search()));
  const ephemeralRoot = fact("ephemeral root", () =>
    assumedRoot(readEphemeralRoot(search(), rollbacks()), assumptions),
  );
  const unclearWipe = fact("unclear wipe", () =>
    readUnclearWipe(search(), rollbacks(), ephemeralRoot(), persistence().stores),
  );
  const links = fact("links", () => linksOf(root, release().microvmAt));
  const emptied = fact("emptied /tmp", () => readEmptiedTmp(root));
  const gaps = fact("gaps", () => [
    ...persistence().gaps,
    ...unreadModelOptions(root),
    ...handMadeMounts(
      units().list,
      hooks().list.map(({ script }) => script),
      fileSystems().list,
      scriptsOf(root.at("boot", "postBootCommands")),
    ),
  ]);
  const inputOfFates = () => ({
    links: links(),
    emptied: emptied(),
    fileSystems: fileSystems().list,
    fileSystemsOpen: fileSystems().open,
    stores: persistence().stores,
    kept: assumptions.stores,
    gaps: gaps(),
    sources: folderOf(input.entry),
    ephemeralRoot: ephemeralRoot(),
    rollbacks: rollbacks().list,
    unseen: unseen(),
  });
  const fateInput = fact("input of fates", inputOfFates, isSameBundle);
  const fates = fact("fates", () => fatesOf(fateInput()));
  const fate = (path: string) => fates()(path);
  const inputAsMeant = () => {
    const running = asMeant(rollbacks(), unclearWipe());
    const root = rootAsMeant(search(), rollbacks(), unclearWipe());
    return { ...fateInput(), rollbacks: running.list, ephemeralRoot: root };
  };
  const meant = fact("input of fates as meant", inputAsMeant, isSameBundle);
  const fatesAsMeant = fact("fates as meant", () => fatesOf(meant()));
  const services = fact("services", () =>
    readServices(
      {
        root,
        stateVersion: release().stateVersion,
        nixos: release().nixos,
        more: assumptions.services,
        fateOf: fates(),
      },
      units(),
    ),
  );
  const snapshotJobs = fact("snapshot jobs", () =>
    [...readToolJobs(root, scripts()), ...readScriptJobs(root, units(), calendars())].map((job) =>
      withMountedSources(job, fileSystems().list),
    ),
  );

  const host: Host = {
    name: input.name,
    entry: input.entry,
    config: root,
    get system() {
      ledger.noteVolatile();
      return input.system === undefined
        ? notKnown<string>("nothing says which platform the host is for")
        : stringOfValue(input.system, undefined);
    },
    get hostName() {
      return readString(root.at("networking", "hostName")) ?? notKnown<string>("nothing sets `networking.hostName`");
    },
    get targets() {
      ledger.noteVolatile();
      return input.targets ?? [];
    },
    get files() {
      ledger.noteVolatile();
      return input.files;
    },
    get problems() {
      ledger.noteVolatile();
      return input.problems;
    },
    get opaque() {
      ledger.noteVolatile();
      return input.opaque;
    },
    get release() {
      return release();
    },
    get isImpermanent() {
      const kind = ephemeralRoot().kind;
      if (kind === "tmpfs" || kind === "rollback" || persistence().stores.length > 0) return true;
      return rollbacks().list.some(
        (rollback) => rollback.wipesRoot.answer !== "no" || !isMeantElsewhere(rollback, fileSystems().list),
      );
    },
    get fileSystems() {
      return fileSystems().list;
    },
    get fileSystemsOpen() {
      return fileSystems().open;
    },
    get layouts() {
      return disko().layouts;
    },
    get stores() {
      return persistence().stores;
    },
    get storesOpen() {
      return persistence().gaps.find(({ below }) => below === undefined)?.why ?? unseen();
    },
    get ephemeralRoot() {
      return ephemeralRoot();
    },
    get rollbacks() {
      return rollbacks().list;
    },
    get unclearWipe() {
      return unclearWipe();
    },
    get units() {
      return units().list;
    },
    get scripts() {
      return scripts();
    },
    get calendars() {
      return calendars();
    },
    get snapshotJobs() {
      return snapshotJobs();
    },
    get services() {
      return services();
    },
    get incomplete() {
      own();
      const open = fileSystems().open;
      const reasons = [
        ...own(),
        ...(open === undefined ? [] : [{ why: open, place: undefined }]),
        ...persistence().gaps,
        ...persistence().stores.flatMap((store) => store.open),
      ];
      return reasons.filter(({ why }, index) => reasons.findIndex((other) => other.why === why) === index);
    },
    beside: (path) => {
      ledger.noteVolatile();
      return input.beside?.(path) ?? { state: "unknown", value: () => new Unknown(`\`${path}\` is not read`) };
    },
    fileSystemAt: (path) => fileSystemAt(fileSystems().list, path),
    fateOf: fate,
    isUnwanted: (path) => isUnwanted(assumptions, path),
    fateAsMeant: (path) => (/none|unknown/.test(ephemeralRoot().kind) ? fatesAsMeant()(path) : fate(path)),
    withoutEntryAt: (place) => hostWithout(host, place, fateInput(), meant),
  };
  return host;
}

/** Everything but the entries there and the fates is as it was. */
function hostWithout(host: Host, at: Place, input: FateInput, meant: () => FateInput): Host {
  const isElsewhere = ({ place }: { readonly place: Place | undefined }) =>
    place?.file !== at.file || place.start !== at.start || place.end !== at.end;
  const stores = host.stores.map((store) => ({
    ...store,
    directories: store.directories.filter(isElsewhere),
    files: store.files.filter(isElsewhere),
    open: store.open.filter(isElsewhere),
  }));
  const without = (before: FateInput): FateInput => ({ ...before, stores, gaps: before.gaps.filter(isElsewhere) });
  const fateOf = fatesOf(without(input));
  const asMeant = () => fatesOf(without(meant()));
  const isWipeUnproven = /none|unknown/.test(host.ephemeralRoot.kind);
  const changed: Pick<Host, "stores" | "fateOf" | "fateAsMeant"> = {
    stores,
    fateOf,
    fateAsMeant: isWipeUnproven ? asMeant() : fateOf,
  };
  return Object.setPrototypeOf(changed, host);
}

/** Fates, each worked out once. */
function fatesOf(input: FateInput): (path: string) => Fate {
  const known = new Map<string, Fate>();
  return (path) => {
    let fate = known.get(path);
    if (!fate) {
      fate = fateOf(input, path);
      known.set(path, fate);
    }
    return fate;
  };
}
