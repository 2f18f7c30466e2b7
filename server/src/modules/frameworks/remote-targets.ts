import type { Place } from "../../eval/origin.ts";
import { Cell, look, NixAttrs, NixList, slotPlace, type Value } from "../../eval/value.ts";
import type { FlakeWorld } from "../flake-world.ts";
import { type SystemAttrs, systemBehind } from "../nixos-system.ts";
import { hiveNodes } from "./flake-hosts.ts";

/** Where a host is deployed to, as a deployment tool is told. */
export interface RemoteTarget {
  /** Host name or address, as written. */
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** The option or output that says so. */
  readonly from: string;
  readonly place: Place | undefined;
  /** Another host of the flake, whose name the node has, and where this one is given to it instead. */
  readonly insteadOf?: { readonly name: string; readonly place: Place | undefined };
}

/** Every address that the configuration gives for a host: `deployment.targetHost` and `deploy.nodes.*.hostname`. */
export function remoteTargets(
  name: string,
  system: SystemAttrs,
  outputs: Value | undefined,
  world: FlakeWorld,
): RemoteTarget[] {
  const targets: RemoteTarget[] = [];
  const node = outputs instanceof NixAttrs ? hiveNodes(outputs, world)?.get(name) : undefined;
  const deployed = node && look(node);
  for (const one of new Set([system, deployed])) {
    const host = one && systemBehind(one);
    const target = host && colmenaTarget(host);
    if (target) targets.push(target);
  }
  if (outputs instanceof NixAttrs) targets.push(...deployRsTargets(name, system, outputs));
  return targets.filter(
    ({ address, user, port }, index) =>
      targets.findIndex((other) => other.address === address && other.user === user && other.port === port) === index,
  );
}

/** `deployment.targetHost`: colmena's, and that of tools that took the name over. */
function colmenaTarget({ set }: SystemAttrs): RemoteTarget | undefined {
  const option = set.root.at("deployment", "targetHost");
  if (option.isDefined() !== true) return undefined;
  const address = option.value();
  if (typeof address !== "string") return undefined;
  const user = set.root.at("deployment", "targetUser").value();
  const port = set.root.at("deployment", "targetPort").value();
  return {
    address,
    user: typeof user === "string" ? user : undefined,
    port: typeof port === "bigint" || typeof port === "number" ? Number(port) : undefined,
    from: "deployment.targetHost",
    place: option.definitions()[0]?.place,
  };
}

/** Nodes of deploy-rs whose profile activates this host; a node of its name when that cannot be told. */
function deployRsTargets(name: string, system: SystemAttrs, outputs: NixAttrs): RemoteTarget[] {
  const deploy = setAt(outputs, "deploy");
  const nodes = deploy && setAt(deploy, "nodes");
  const configurations = setAt(outputs, "nixosConfigurations");
  return (nodes?.names() ?? []).flatMap((key): RemoteTarget[] => {
    const node = setAt(nodes as NixAttrs, key);
    const profile = node && at(node, "profiles", "system");
    const isActivated = activates(profile, system);
    if (!node || !(isActivated ?? key === name)) return [];
    const cell = node.get("hostname");
    const address = cell && look(cell);
    if (typeof address !== "string") return [];
    const levels = [profile, node, deploy];
    const user = levels.map((set) => set && textAt(set, "sshUser")).find((one) => one !== undefined);
    const port = levels.map((set) => set && portOf(set)).find((one) => one !== undefined);
    const from = `deploy.nodes.${key}.hostname`;
    const target = { address, user, port, from, place: placeOf(cell as Cell) };
    // A name for both is how deploy-rs is mostly set up; one configuration under two names is the same host twice.
    const other =
      isActivated && key !== name && configurations?.has(key) === true ? configurations.get(key) : undefined;
    const path = other && systemOf(other) !== system.set ? profile?.get("path") : undefined;
    return [path ? { ...target, insteadOf: { name: key, place: placeOf(path) } } : target];
  });
}

/** Whether a profile activates the host; undefined when it does not say what it activates. */
function activates(profile: NixAttrs | undefined, system: SystemAttrs): boolean | undefined {
  const path = profile && setAt(profile, "path");
  const activated = path && setAt(path, "__activates");
  const host = activated && systemBehind(activated);
  return host && host.set === system.set;
}

function systemOf(cell: Cell): SystemAttrs["set"] | undefined {
  const value = look(cell);
  return value instanceof NixAttrs ? systemBehind(value)?.set : undefined;
}

/** The port among `sshOpts`, e.g. `[ "-p" "2222" ]`. Nothing else of them is of interest here. */
function portOf(set: NixAttrs): number | undefined {
  const cell = set.has("sshOpts") === true ? set.get("sshOpts") : undefined;
  const options = cell && look(cell);
  if (!(options instanceof NixList)) return undefined;
  const words = options.items.map((item) => {
    const word = item instanceof Cell ? look(item) : undefined;
    return typeof word === "string" ? word : "";
  });
  const text = words.map((word, at) => (word === "-p" ? words[at + 1] : /^-p(\d+)$/.exec(word)?.[1])).find(Boolean);
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

function placeOf(cell: Cell): Place | undefined {
  return slotPlace(cell) ?? cell.place;
}

function at(set: NixAttrs, ...path: string[]): NixAttrs | undefined {
  return path.reduce<NixAttrs | undefined>((found, name) => found && setAt(found, name), set);
}

function setAt(set: NixAttrs, name: string): NixAttrs | undefined {
  const cell = set.has(name) === true ? set.get(name) : undefined;
  const value = cell && look(cell);
  return value instanceof NixAttrs ? value : undefined;
}

function textAt(set: NixAttrs, name: string): string | undefined {
  const cell = set.has(name) === true ? set.get(name) : undefined;
  const value = cell && look(cell);
  return typeof value === "string" ? value : undefined;
}
