import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { relationsOf } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

const ORDER = ["after", "requires", "bindsTo", "wants", "before", "requiredBy", "wantedBy", "partOf", "requisite"];
/** A hyphen of a path as systemd escapes it, after Nix took the backslash. */
const LOST = /^(?!.*\\x2d)[\w.:@-]*x2d[\w.:@-]*\.(device|mount|automount|swap|service)$/;

/** The name of a unit in which Nix has swallowed the backslash of `\x2d`. */
export const lostEscape = defineRule({
  code: "IMP712",
  name: "lost-escape",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const seen = new Set<string>();
    for (const { unit, relation, text, place } of lostNames(host.units)) {
      if (seen.has(key(text, place))) continue;
      seen.add(key(text, place));
      const meant = text.replaceAll("x2d", "\\x2d");
      const isHard = /^(requires|bindsTo|requisite)$/.test(relation);
      report({
        at: place,
        message: `\`${text}\` is no unit: in a text of Nix \`\\x\` is \`x\`, so that the backslash of \`${meant}\` is gone. ${isHard ? `\`${unit.name}\` waits for it in vain, and is not started` : `\`${unit.name}\` is not ordered by it`}.`,
        help: `Write two backslashes ("${meant.replaceAll("\\", "\\\\")}"), or let \`utils.escapeSystemdPath\` make the name.`,
        fixes: () =>
          offer(replaceStringAt(context, place, meant), {
            title: `Write ${meant}`,
            safety: "unsafe",
            note: `The unit \`${unit.name}\` runs from then on, which it did not before.`,
          }),
      });
    }
  },
});

/** The names in the order and the needs of a unit that have lost their backslash. */
const lostNames = perItem((unit: Unit) => {
  const lost = relationsOf(unit).filter(
    ({ text }) => LOST.test(text) && /^(dev|sys|mnt|run|systemd)-|^systemd-/.test(text),
  );
  return ORDER.flatMap((relation) => lost.filter((one) => one.relation === relation)).map((one) => ({ unit, ...one }));
});

/** Relations often share one list. */
function key(text: string, place: Place | undefined): string {
  return `${place?.file}:${place?.start} ${text}`;
}
