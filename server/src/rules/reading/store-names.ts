import type { Host, Store } from "../../host/host.ts";
import { isDeclared } from "../../host/model-options.ts";
import { childrenOf, itemNode, nameAt, readItems } from "../../host/read-values.ts";
import { STORE_OPTIONS, type StoreLevel } from "../../host/store-options.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import type { StrangeName } from "./filesystem-options.ts";
import { nearestName } from "./nearest-name.ts";

/** What people call them who have other tools in mind. */
const OTHER_NAMES: Readonly<Record<StoreLevel, ReadonlyMap<string, string>>> = {
  store: new Map([
    ["dirs", "directories"],
    ["directory", "directories"],
    ["folders", "directories"],
    ["paths", "directories"],
    ["file", "files"],
    ["user", "users"],
  ]),
  user: new Map([
    ["dirs", "directories"],
    ["directory", "directories"],
    ["folders", "directories"],
    ["paths", "directories"],
    ["file", "files"],
  ]),
  entry: new Map([
    ["dir", "directory"],
    ["folder", "directory"],
    ["owner", "user"],
    ["permissions", "mode"],
    ["perms", "mode"],
  ]),
};

/**
 * Names in stores, in their users and in the sets of their lists that the module does not have and that are written for one
 * it has; where nobody declares more of them.
 */
export function strangeStoreNames({ config }: Host): readonly StrangeName[] {
  return [
    ...inStores(config.at("environment", "persistence"), "impermanence"),
    ...inStores(config.at("preservation", "preserveAt"), "preservation"),
  ];
}

function inStores(stores: OptionNode, module: Store["module"]): StrangeName[] {
  if (stores.isDefined() === false || isDeclared(stores)) return [];
  return childrenOf(stores).flatMap(({ node, certain }) => {
    if (certain.answer !== "yes") return [];
    const users = childrenOf(node.child("users")).filter((user) => user.certain.answer === "yes");
    return [
      ...strangeIn(node, module, "store"),
      ...inEntries(node, module),
      ...users.flatMap((user) => [...strangeIn(user.node, module, "user"), ...inEntries(user.node, module)]),
    ];
  });
}

function inEntries(around: OptionNode, module: Store["module"]): StrangeName[] {
  return ["directories", "files"].flatMap((list) => {
    const node = around.child(list);
    return readItems(node).items.flatMap((item) => strangeIn(itemNode(item, [...node.path, "*"]), module, "entry"));
  });
}

function strangeIn(node: OptionNode, module: Store["module"], level: StoreLevel): StrangeName[] {
  const { read, harmless } = STORE_OPTIONS[module][level];
  const known = [...read, ...harmless];
  return childrenOf(node).flatMap((child): StrangeName[] => {
    if (child.certain.answer !== "yes" || known.includes(child.name)) return [];
    const place = nameAt(child.node);
    const other = OTHER_NAMES[level].get(child.name.toLowerCase());
    if (other !== undefined && known.includes(other)) return [{ path: child.node.path, meant: other, place }];
    const owner = moduleWith(child.name, level);
    if (owner !== undefined) return [{ path: child.node.path, owner, place }];
    const meant = nearestName(child.name, known);
    return meant === undefined ? [] : [{ path: child.node.path, meant, place }];
  });
}

/** The module that has such a name at a level of its stores. */
function moduleWith(name: string, level: StoreLevel): Store["module"] | undefined {
  return (["impermanence", "preservation"] as const).find((module) => {
    const { read, harmless } = STORE_OPTIONS[module][level];
    return read.includes(name) || harmless.includes(name);
  });
}
