import type { Place } from "../../eval/origin.ts";
import type { Unit } from "../../host/host.ts";
import { perNode } from "../../host/per-node.ts";
import { mentioned, readBoolean, readString, readTexts } from "../../host/read-values.ts";

/** A unit that another one names in its order or its needs. */
export interface UnitRelation {
  readonly relation: string;
  readonly text: string;
  readonly place: Place | undefined;
}

export const HARD = ["requires", "bindsTo", "requisite"];
export const STARTED_BY = ["wantedBy", "requiredBy"];
const RELATIONS = [...HARD, ...STARTED_BY, "after", "before", "wants", "partOf"];

/** The units that a unit names, those with the hardest consequences first. */
export const relationsOf = perNode(({ node }: Unit): readonly UnitRelation[] =>
  mentioned(node, RELATIONS).flatMap((relation) =>
    readTexts(node.child(relation)).texts.map(({ text, place }) => ({ relation, text, place })),
  ),
);

const AFTERWARDS = ["onFailure", "onSuccess", "upholds"];

/** What a unit starts when it fails or ends, or keeps running. */
export const needsOf = perNode(({ node }: Unit): readonly UnitRelation[] =>
  mentioned(node, AFTERWARDS).flatMap((relation) =>
    readTexts(node.child(relation)).texts.map(({ text, place }) => ({ relation, text, place })),
  ),
);

/** Whether a unit says that it does without the order and the needs that systemd gives every service. */
export function isWithoutDefaults({ node }: Unit): boolean {
  const option = node.at("unitConfig", "DefaultDependencies");
  const flag = readBoolean(option);
  if (flag?.known && !flag.value) return true;
  const text = readString(option);
  return text?.known === true && /^(0|no|n|false|f|off)$/i.test(text.value);
}
