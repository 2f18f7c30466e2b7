import type { OptionNode } from "../modules/option-node.ts";
import type { Known, Service, ServiceState, Verdict } from "./host.ts";
import { isAtOrBelow, joinPath, normalise } from "./paths.ts";
import { childrenOf, itemNode, nameAt, readBoolean, readItems, readString, readTexts } from "./read-values.ts";
import type { StateInput } from "./service-state.ts";
import { allOf, known, unsure } from "./verdict.ts";

/**
 * Folders that are no state of the host: made at boot, part of the system, or the places where by convention other
 * disks and machines are mounted, which need not be said in the configuration.
 */
const NO_STATE = [
  "/run",
  "/var/run",
  "/dev",
  "/sys",
  "/proc",
  "/tmp",
  "/nix",
  "/etc/localtime",
  "/etc/timezone",
  "/mnt",
  "/media",
];

/** Names of folders whose content is made again. */
const SCRATCH = /\/(\.?cache|tmp|temp|transcodes?|transcoding|scratch)(\/|$)/i;

/** A directory of the host that a container writes to. */
interface Written {
  readonly path: string;
  readonly place: ServiceState["fate"]["place"];
}

/** One container with what it writes to. */
interface Container {
  readonly node: OptionNode;
  readonly certain: Verdict;
  readonly written: readonly Written[];
}

/**
 * Containers that the host declares, with the directories of the host that they write to: bind mounts of
 * oci-containers, quadlet-nix, arion and NixOS containers, and images of volumes of machines of microvm.nix. What engines keep themselves is their own entry. Paths in
 * `listed` and below have an owner already.
 */
export function containerServices(input: StateInput, listed: ReadonlySet<string>): Service[] {
  const containers = containersOf(input.root);
  if (containers.length === 0) return [];
  const taken = [...listed];
  return containers.flatMap(({ node, certain, written }) => {
    const state = written.flatMap(({ path, place }): ServiceState[] => {
      if ([...NO_STATE, ...taken].some((other) => isAtOrBelow(path, other)) || /\.sock$/.test(path)) return [];
      taken.push(path);
      return [stateAt(input, path, place)];
    });
    if (state.length === 0) return [];
    const enable = node.path.join(".");
    const common = { impliedBy: undefined, confidence: "configuration" as const, evidence: undefined };
    return [{ ...common, enable, enabled: certain, place: nameAt(node), state }];
  });
}

function containersOf(root: OptionNode): Container[] {
  const quadlet = root.at("virtualisation", "quadlet", "containers");
  const projects = root.at("virtualisation", "arion", "projects");
  return [
    ...each(root.at("virtualisation", "oci-containers", "containers"), (node) => volumes(node.child("volumes"))),
    ...each(quadlet, (node) => volumes(node.at("containerConfig", "volumes"))),
    ...childrenOf(projects).flatMap(({ node, certain }) =>
      each(node.at("settings", "services"), (service) => volumes(service.at("service", "volumes"))).map((one) => ({
        ...one,
        certain: allOf(certain, one.certain),
      })),
    ),
    ...each(root.child("containers"), (node) => bindMounts(node.child("bindMounts"))),
    ...each(root.at("microvm", "vms"), (node) => volumesOfMachine(root, node)),
  ];
}

function each(containers: OptionNode, read: (node: OptionNode) => readonly Written[]): Container[] {
  if (containers.isDefined() === false) return [];
  return childrenOf(containers).flatMap(({ node, certain }) => {
    const enabled = node.child("enable");
    const flag = enabled.isDefined() === false ? undefined : readBoolean(enabled);
    if (flag?.known && !flag.value) return [];
    return [{ node, certain: flag && !flag.known ? unsure(flag.why, flag.place) : certain, written: read(node) }];
  });
}

/** Volumes as container engines write them: `host:container:options`. Only folders of the host are of interest here. */
function volumes(node: OptionNode): Written[] {
  return readTexts(node).texts.flatMap(({ text, place, certain }): Written[] => {
    const [host = "", inside, options = ""] = text.split(":");
    if (!host.startsWith("/") || inside === undefined || certain.answer !== "yes") return [];
    return options.split(",").includes("ro") ? [] : [{ path: normalise(host), place }];
  });
}

/** Bind mounts of NixOS containers, which are read-only unless they say otherwise. */
function bindMounts(node: OptionNode): Written[] {
  if (node.isDefined() === false) return [];
  return childrenOf(node).flatMap(({ name, node: mount, certain }): Written[] => {
    const readOnly =
      mount.child("isReadOnly").isDefined() === false ? undefined : readBoolean(mount.child("isReadOnly"));
    if (!readOnly?.known || readOnly.value || certain.answer !== "yes") return [];
    const host: Known<string | null> | undefined = readString(mount.child("hostPath"));
    if (host && !host.known) return [];
    return [{ path: normalise(host?.value ?? name), place: nameAt(mount) }];
  });
}

/** Where microvm.nix keeps its machines, in whose directories they run, unless `microvm.stateDir` says otherwise. */
const MACHINES = "/var/lib/microvms";

/** The folders with the images of the volumes of a machine of microvm.nix, but for those of its Nix store. */
function volumesOfMachine(root: OptionNode, machine: OptionNode): Written[] {
  const stateDir = readString(root.at("microvm", "stateDir")) ?? known(MACHINES);
  if (!stateDir.known) return [];
  const own = joinPath(stateDir.value, machine.path.at(-1) ?? "");
  const list = machine.at("config", "microvm", "volumes");
  if (list.isDefined() === false) return [];
  return readItems(list).items.flatMap((item): Written[] => {
    const volume = itemNode(item, list.path);
    const image = readString(volume.child("image"));
    const mountpoint = readString(volume.child("mountPoint"));
    if (item.certain.answer !== "yes" || !image?.known) return [];
    if (mountpoint && (!mountpoint.known || isAtOrBelow(mountpoint.value, "/nix"))) return [];
    return [{ path: image.value.startsWith("/") ? normalise(image.value) : own, place: image.place }];
  });
}

function stateAt(input: StateInput, path: string, place: Written["place"]): ServiceState {
  const fate = input.fateOf(path);
  return {
    path,
    // A container may as well be given one file; a name with an ending most probably is one.
    type: /\.[a-z0-9]{2,5}$/i.test(path) ? "file" : "directory",
    kind: SCRATCH.test(path) ? "cache" : "state",
    dynamicUser: false,
    link: undefined,
    database: false,
    writes: undefined,
    little: false,
    perhapsCache: false,
    containers: false,
    user: undefined,
    group: undefined,
    mode: undefined,
    fate: { ...fate, place: fate.place ?? place },
    assumed: false,
    note: undefined,
  };
}
