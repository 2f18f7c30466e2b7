import { offer } from "../../edits/fix-plan.ts";
import { listToAttrs } from "../../edits/list-to-attrs.ts";
import { expressionAt } from "../../edits/locate.ts";
import { bindingName } from "../../edits/place-edit.ts";
import type { DiskoLayout } from "../../host/host.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** disko wants subvolumes as an attribute set keyed by name; a list does not evaluate. */
export const subvolumesAsList = defineRule({
  code: "IMP201",
  name: "subvolumes-as-list",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const layout of context.host.layouts) {
      if (!layout.writtenAsList) continue;
      const option = layout.path.at(-1) ?? "subvolumes";
      context.report({
        at: bindingName(context, layout.place) ?? layout.container,
        message: `\`${option}\` is a list, but disko wants an attribute set keyed by the name. As it is, the configuration does not evaluate at all. It was read here as the set it meant.`,
        help: `Write ${option} = { root = { mountpoint = "/"; … }; … };`,
        fixes: () =>
          offer(edits(context, layout), {
            title: `Turn the list of ${option} into an attribute set`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

function edits(context: RuleContext, layout: DiskoLayout) {
  const place = layout.container;
  const program = place && context.program(place.file);
  const list = program && expressionAt(program, place);
  const changes = program && list?.kind === "list" ? listToAttrs(program, list) : undefined;
  return changes && place && new Map([[place.file, changes]]);
}
