import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import {
  type Child,
  childrenOf,
  nameAt,
  readBoolean,
  readExplicitBoolean,
  readString,
} from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A person's account. */
export interface NormalUser {
  readonly name: string;
  /** Undefined when it is not known, or when nobody makes it. */
  readonly home: string | undefined;
  readonly place: Place | undefined;
  readonly node: OptionNode;
}

/** Shells of accounts that only services know, such as shares of Samba; the package `shadow` as a shell is its nologin. */
const NO_LOGIN = /\/bin\/(nologin|false|true)$|-shadow(-[\d.]+)?(-su)?$/;

/** The accounts of persons that certainly exist, and that can log in. */
export function normalUsers({ config }: Host): readonly NormalUser[] {
  return personsOf(childrenOf(config.at("users", "users"))).map(({ name, node }) => {
    const home = homeOf(config, name);
    const made = readExplicitBoolean(node.child("createHome"));
    const isMade = made?.known !== true || made.value;
    return { name, home: home.known && isMade ? home.value : undefined, place: nameAt(node), node };
  });
}

const personsOf = perItem((child: Child): readonly Child[] =>
  child.certain.answer === "yes" && isPerson(child.node) ? [child] : [],
);

function isPerson(user: OptionNode): boolean {
  const normal = readBoolean(user.child("isNormalUser"));
  if (normal?.known !== true || !normal.value) return false;
  const enabled = readExplicitBoolean(user.child("enable"));
  if (enabled && (!enabled.known || !enabled.value)) return false;
  const shell = readString(user.child("shell"));
  return !(shell?.known && NO_LOGIN.test(shell.value));
}
