import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { readBoolean, readString } from "./read-values.ts";
import { known } from "./verdict.ts";

/** The home directory of a user: as set, else NixOS' default for that kind of user. */
export function homeOf(root: OptionNode, user: string): Known<string> {
  const account = root.at("users", "users", user);
  const home = readString(account.child("home"));
  if (home) return home;
  if (user === "root") return known("/root");
  const system = readBoolean(account.child("isSystemUser"));
  return known(system?.known && system.value ? "/var/empty" : `/home/${user}`);
}
