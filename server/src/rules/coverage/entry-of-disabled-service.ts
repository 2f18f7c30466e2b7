import { servicesKeeping } from "../../catalogue/catalogue.ts";
import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { readBoolean, setAt } from "../../host/read-values.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** The state of a service that the host switches off by name is still persisted. */
export const entryOfDisabledService = defineRule({
  code: "IMP419",
  name: "entry-of-disabled-service",
  group: "coverage",
  severity: "hint",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const entry of certainEntries(host)) {
      const owners = servicesKeeping(entry.path);
      if (owners.length === 0 || isUsed(host, entry.path)) continue;
      const off = owners.map(({ enable }) => ({
        enable,
        flag: enable.includes("*") ? undefined : switchOf(host, enable),
      }));
      const [first] = off;
      if (!first || off.some(({ flag }) => flag?.known !== true || flag.value)) continue;
      context.report({
        at: entry.place ?? entry.store.place,
        message: `\`${entry.path}\` is the state of \`${first.enable.replace(/\.enable$/, "")}\`, which is switched off here. The entry keeps old data, and makes an empty directory on a new machine.`,
        help: "Remove the entry if the service is gone for good, and delete what is in the store.",
        related: [{ place: setAt(host.config.at(...first.enable.split("."))), message: "switched off here" }],
        fixes: () =>
          entry.editable
            ? offer(removeElementAt(context, entry.place), {
                title: `Stop persisting \`${entry.path}\``,
                safety: "unsafe",
                note: "The data stays in the store until somebody deletes it.",
              })
            : [],
      });
    }
  },
});

/** What the host itself says; a default says nothing of what is meant. */
function switchOf(host: Host, enable: string) {
  const node = host.config.at(...enable.split("."));
  return node.isDefined() === true ? readBoolean(node) : undefined;
}

/** Any service that is, or may be, on and keeps something there. */
function isUsed(host: Host, path: string): boolean {
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer !== "no" &&
      state.some((own) => isAtOrBelow(own.path, path) || isAtOrBelow(path, own.path) || own.link === path),
  );
}
