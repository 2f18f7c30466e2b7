import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { readBoolean, readString } from "./read-values.ts";
import { known } from "./verdict.ts";

/** A flag of a unit: true or false of Nix, or the words that systemd's parse_boolean takes for them. */
export function readUnitBoolean(node: OptionNode): Known<boolean> | undefined {
  const flag = readBoolean(node);
  if (flag === undefined || flag.known) return flag;
  const text = readString(node);
  if (!text?.known) return flag;
  if (/^(?:1|yes|y|true|t|on)$/i.test(text.value)) return known(true, text.place);
  return /^(?:0|no|n|false|f|off)$/i.test(text.value) ? known(false, text.place) : flag;
}
