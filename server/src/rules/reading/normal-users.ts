import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, readBoolean, readExplicitBoolean } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A person's account. */
export interface NormalUser {
  readonly name: string;
  /** Undefined when it is not known. */
  readonly home: string | undefined;
  readonly place: Place | undefined;
  readonly node: OptionNode;
}

/** The accounts of persons that certainly exist. */
export function normalUsers({ config }: Host): readonly NormalUser[] {
  return childrenOf(config.at("users", "users")).flatMap(({ name, node, certain }) => {
    const normal = readBoolean(node.child("isNormalUser"));
    if (certain.answer !== "yes" || normal?.known !== true || !normal.value) return [];
    const enabled = readExplicitBoolean(node.child("enable"));
    if (enabled && (!enabled.known || !enabled.value)) return [];
    const home = homeOf(config, name);
    return [{ name, home: home.known ? home.value : undefined, place: nameAt(node), node }];
  });
}
