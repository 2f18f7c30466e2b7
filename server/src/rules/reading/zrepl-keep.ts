import type { Place } from "../../eval/origin.ts";
import { NixAttrs } from "../../eval/value.ts";
import { itemNode, readBoolean, readItems, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A rule by which a job of zrepl keeps snapshots; what no rule keeps is destroyed, whoever made it. */
export interface KeepRule {
  /** What it does for such snapshots. */
  readonly keeps: "all" | "some" | "until-replicated" | "none";
  /** Whether it says how many are kept, by age or number, so that the oldest is not. */
  readonly isSchedule: boolean;
  readonly regex: string | undefined;
  readonly place: Place | undefined;
}

/** What the rules of a list do for snapshots of a name like `sample`; undefined when one of them is not known. */
export function keepRules(option: OptionNode, sample: string): readonly KeepRule[] | undefined {
  const { items, open } = readItems(option);
  if (open.length > 0) return undefined;
  const rules: KeepRule[] = [];
  for (const [index, item] of items.entries()) {
    if (item.certain.answer !== "yes" || !(item.value instanceof NixAttrs)) return undefined;
    const node = itemNode(item, [...option.path, String(index)]);
    const type = readString(node.child("type"));
    const regex = readString(node.child("regex"));
    const negate = readBoolean(node.child("negate"));
    if (!type?.known || (regex && !regex.known) || (negate && !negate.known)) return undefined;
    const fits = regex === undefined ? undefined : test(regex.value, sample);
    if (regex && fits === undefined) return undefined;
    const place = regex?.place ?? type.place ?? item.place;
    const keeps = keepsOf(type.value, fits, negate?.value === true);
    if (!keeps) return undefined;
    rules.push({ keeps, isSchedule: type.value === "grid" || type.value === "last_n", regex: regex?.value, place });
  }
  return rules;
}

function keepsOf(type: string, fits: boolean | undefined, negate: boolean): KeepRule["keeps"] | undefined {
  switch (type) {
    case "not_replicated":
      return "until-replicated";
    case "last_n":
    case "grid":
      return fits === false ? "none" : "some";
    case "regex":
      return fits === undefined ? undefined : fits !== negate ? "all" : "none";
    default:
      return undefined;
  }
}

/** Expressions of Go that JavaScript does not know are left alone. */
function test(regex: string, sample: string): boolean | undefined {
  try {
    return new RegExp(regex).test(sample);
  } catch {
    return undefined;
  }
}
