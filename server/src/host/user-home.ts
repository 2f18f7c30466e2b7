import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { joinPath } from "./paths.ts";
import { readBoolean, readString } from "./read-values.ts";
import { known } from "./verdict.ts";

/** The home directory of a user: as set, else NixOS' default for that kind of user. */
export function homeOf(root: OptionNode, user: string): Known<string> {
  const account = root.at("users", "users", user);
  const home = readString(account.child("home"));
  if (home) return home;
  if (user === "root") return known("/root");
  const system = readBoolean(account.child("isSystemUser"));
  if (system?.known && system.value) return known("/var/empty");
  const homes = readString(root.at("users", "defaultUserHome")) ?? known("/home");
  return homes.known ? known(joinPath(homes.value, user)) : homes;
}
