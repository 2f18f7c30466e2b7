import type { Place } from "../eval/origin.ts";
import { look, NixList, typeName, Unknown } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { DiskoLayout, DiskoSubvolume, Known, MountOption, Verdict } from "./host.ts";
import {
  bindingAt,
  builtAt,
  childrenOf,
  itemNode,
  itemsOf,
  nameAt,
  openOf,
  readString,
  readStringOrNull,
  readTexts,
  setAt,
} from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/** A member of a layout before the layout around it exists. */
export interface Member {
  readonly name: string;
  readonly node: OptionNode;
  readonly certain: Verdict;
  readonly place: Place | undefined;
}

export interface Members {
  readonly members: readonly Member[];
  readonly writtenAsList: boolean;
  readonly open: string | undefined;
}

/**
 * The members of `subvolumes` or `datasets`. disko wants a set; a list of sets with a `name` is read as
 * the set it meant, so that one mistake does not hide everything behind it.
 */
export function readMembers(node: OptionNode): Members {
  const lists = node.definitions().filter(({ cell }) => look(cell) instanceof NixList);
  if (lists.length === 0) {
    const members = childrenOf(node).map((child) => ({
      name: clean(nameOf(child.node, child.name)),
      node: child.node,
      certain: child.certain,
      place: nameAt(child.node),
    }));
    return { members, writtenAsList: false, open: openOf(node)?.why };
  }
  const members: Member[] = [];
  const gaps: string[] = [];
  for (const { cell } of lists) {
    const { items, open } = itemsOf(look(cell) as NixList);
    gaps.push(...open.map(({ why }) => why));
    for (const item of items) {
      const element = itemNode(item, [...node.path, String(members.length)]);
      const name = readString(element.child("name"));
      if (!name?.known) {
        gaps.push(name ? name.why : "an element of the list has no name");
        continue;
      }
      const { certain } = item;
      members.push({
        name: clean(name.value),
        node: element,
        certain,
        place: bindingAt(element.child("name")) ?? item.place,
      });
    }
  }
  return { members, writtenAsList: true, open: gaps[0] };
}

/** Reads the subvolumes of one container into a layout. `known` are the keys disko has for them. */
export function readLayout(
  base: Pick<DiskoLayout, "fsType" | "device" | "label" | "isSpread">,
  node: OptionNode,
  { members, writtenAsList, open }: Members,
  keys: ReadonlySet<string>,
): DiskoLayout {
  const subvolumes: DiskoSubvolume[] = [];
  const layout: DiskoLayout = {
    ...base,
    place: nameAt(node),
    container: builtAt(node),
    writtenAsList,
    subvolumes,
    path: node.path,
    open,
  };
  for (const member of members) {
    const options = readMountOptions(member.node.child("mountOptions"), "disko");
    subvolumes.push({
      name: member.name,
      place: member.place,
      body: builtAt(member.node),
      mountpoint: readStringOrNull(member.node.child("mountpoint")) ?? known(null),
      mountOptions: options.options,
      mountOptionsOpen: options.open,
      certain: member.certain,
      unknownKeys: childrenOf(member.node)
        .filter(({ name }) => !keys.has(name) && !name.startsWith("_"))
        .map(({ name, node: child }) => ({
          key: name,
          place: nameAt(child),
          value: simpleValue(child),
          binding: bindingAt(child),
        })),
      layout,
    });
  }
  return layout;
}

/** Mount options of a node, with why more may exist. */
export function readMountOptions(
  node: OptionNode,
  from: MountOption["from"],
): { readonly options: readonly MountOption[]; readonly open: string | undefined; readonly isSet: boolean } {
  const { texts, open, isSet } = readTexts(node);
  const options = texts.map(({ text, place, certain }) => ({
    text,
    place,
    certain: certain.answer === "yes",
    from,
  }));
  return { options, open: open[0]?.why, isSet };
}

function nameOf(node: OptionNode, attribute: string): string {
  const name = readString(node.child("name"));
  return name?.known ? name.value : attribute;
}

function clean(name: string): string {
  return name.replace(/^\/+/, "");
}

function simpleValue(node: OptionNode): Known<string | boolean | null> {
  const value = node.value();
  const place = builtAt(node) ?? setAt(node);
  if (value instanceof Unknown) return notKnown(value.why, value.place ?? place);
  if (value === null || typeof value === "boolean" || typeof value === "string") return known(value, place);
  if (typeof value === "number" || typeof value === "bigint") return known(String(value), place);
  return notKnown(`it is ${typeName(value)}`, place);
}
