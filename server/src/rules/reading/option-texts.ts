import { knownStateless, serviceByEnable, services } from "../../catalogue/catalogue.ts";
import type { Place } from "../../eval/origin.ts";
import { NixAttrs, NixList, NixPath, type Value } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isDeclared } from "../../host/model-options.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, itemNode, itemsOf, read, readBoolean } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { FakePackage, WrittenText } from "../../modules/packages.ts";

/** A text that an option holds, or an element of its list. */
export interface OptionText {
  readonly text: string;
  /** The option's path; elements of lists have that of the list, and the names inside of an element follow it. */
  readonly option: readonly string[];
  readonly place: Place | undefined;
  /** Elements of one list have the same number, in the order of the list; a text of its own has a number of its own. */
  readonly list: number;
}

/** How far below a service its options are looked through: settings are free sets in many of them. */
const DEPTH = 8;
/** What is built rather than kept, and what containers see. */
const NO_PATHS = /^(package|packages|.*Packages?|plugins|modules|virtualHost|pkgs|vmVariant.*|virtualisation|nixpkgs)$/;

/** Groups of options in which each name is something that runs, and which have no `enable` of their own. */
const WITHOUT_SWITCH = new Set([
  ...services.filter(({ enable }) => enable.includes("*")).map(({ enable }) => enable.split(".").slice(0, 2).join(".")),
  ...["borgbackup", "btrbk", "github-runners", "openvpn", "restic", "rsyncd", "snapper"].map(
    (name) => `services.${name}`,
  ),
]);

/** The texts in the options of everything below `services` that is certainly switched on, with the name of the group. */
export function serviceTexts(host: Host, below = textsBelow): readonly OptionText[] {
  return childrenOf(host.config.child("services")).flatMap(({ node, certain }) => {
    if (certain.answer !== "yes") return [];
    return mayRun(host, node) ? below(node) : switchedParts(node).flatMap(below);
  });
}

/** `services.nfs.server` and its like are switched on by themselves. */
function switchedParts(group: OptionNode): OptionNode[] {
  return childrenOf(group)
    .filter(({ node, certain }) => certain.answer === "yes" && node.child("enable").isDefined() === true)
    .map(({ node }) => node);
}

/** Options that were set say nothing of a service that nobody switches on. */
function mayRun(host: Host, group: OptionNode): boolean {
  // Read with the rest.
  if (group.child("enable").isDefined() !== false) return true;
  const id = group.path.join(".");
  const enable = `${id}.enable`;
  if (host.services.some((service) => service.enable === enable && service.enabled.answer === "yes")) return true;
  return WITHOUT_SWITCH.has(id) && serviceByEnable(enable) === undefined && !knownStateless.has(enable);
}

/** The texts at and below an option, without what is switched off inside of it or may be. */
export const textsBelow = perNode((group): readonly OptionText[] => walk(group).filter(({ kind }) => kind === "text"));

/** As `textsBelow` the path literals, which evaluation copies to the Nix store. */
export const literalsBelow = perNode((group): readonly OptionText[] =>
  walk(group).filter(({ kind }) => kind === "literal"),
);

/** As `textsBelow` the paths of files that the configuration writes into the Nix store. */
export const writtenBelow = perNode((group): readonly OptionText[] =>
  walk(group).filter(
    ({ kind, text }) => kind === "written" || (kind === "text" && /^\/nix\/store\/[^\s/]+$/.test(text)),
  ),
);

interface Found extends OptionText {
  readonly kind: "text" | "literal" | "written";
}

const walk = perNode((group): readonly Found[] => {
  const found: Found[] = [];
  let lists = 0;
  const visit = (node: OptionNode, depth: number): void => {
    if (isPerhapsOff(node)) return;
    for (const { name, node: child, certain } of childrenOf(node)) {
      if (certain.answer !== "yes" || NO_PATHS.test(name)) continue;
      const names = child.names();
      if (names.length > 0 && !names.some((one) => one.name === "outPath")) descend(child, depth);
      else take(child, depth);
    }
  };
  const descend = (node: OptionNode, depth: number): void => {
    if (depth < DEPTH) visit(node, depth + 1);
  };
  const take = (node: OptionNode, depth: number): void => {
    const reading = read(node);
    if (reading.state !== "set") return;
    const { value, place } = reading;
    if (typeof value === "string" || value instanceof NixPath || value instanceof WrittenText) {
      found.push({ ...textOf(value), option: node.path, place, list: lists++ });
    } else if (value instanceof NixList) {
      const list = lists++;
      for (const item of itemsOf(value).items) {
        if (item.certain.answer !== "yes") continue;
        if (typeof item.value === "string" || item.value instanceof NixPath || item.value instanceof WrittenText) {
          found.push({ ...textOf(item.value), option: node.path, place: item.place, list });
        } else if (isPlainSet(item.value)) descend(itemNode(item, node.path), depth);
      }
    } else if (isPlainSet(value)) descend(node, depth);
  };
  visit(group, 0);
  return found;
});

function textOf(value: string | NixPath | WrittenText): Pick<Found, "text" | "kind"> {
  if (typeof value === "string") return { text: value, kind: "text" };
  if (value instanceof NixPath) return { text: value.path, kind: "literal" };
  return { text: String(value.get("outPath")?.force()), kind: "written" };
}

function isPlainSet(value: Value): boolean {
  return value instanceof NixAttrs && !(value instanceof FakePackage);
}

function isPerhapsOff(node: OptionNode): boolean {
  const flag = node.child("enable");
  // What nobody sets is on, unless the workspace declares the option: then its default counts.
  if (flag.isDefined() === false && !isDeclared(flag)) return false;
  const on = readBoolean(flag);
  return on !== undefined && (!on.known || !on.value);
}
