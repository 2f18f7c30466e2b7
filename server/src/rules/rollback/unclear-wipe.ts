import type { Host, UnclearWipe } from "../../host/host.ts";
import { comesBeforeRoot } from "../../host/root-order.ts";
import { defineRule } from "../rule.ts";

/** A script that is meant to empty the root, and of which it cannot be told whether it does. */
export const unclearWipe = defineRule({
  code: "IMP521",
  name: "unclear-wipe",
  group: "rollback",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const wipe = host.unclearWipe;
    if (!wipe || isSaidElsewhere(host, wipe)) return;
    report({
      at: wipe.place,
      message: `Whether this empties the root cannot be told: ${wipe.why}. ${
        wipe.isSwitched
          ? "What is lost when it does was not checked."
          : "What this host would lose is reported as if it did; the script itself was only checked as far as it could be read."
      }`,
      help: wipe.isSwitched
        ? `If every boot of this host empties the root, say so in impermanence.json: { "hosts": { "${host.name}": { "root": "wiped" } } }.`
        : `Name the subvolume and the device in the script as the filesystem of the root has them; or say what happens in impermanence.json: { "hosts": { "${host.name}": { "root": "wiped" } } }, or "kept".`,
    });
  },
});

/** A unit that nothing starts, or nothing puts before the root, is a finding of its own. */
function isSaidElsewhere(host: Host, { rollback }: UnclearWipe): boolean {
  if (rollback?.stage !== "initrd-systemd" || rollback.wipesRoot.answer !== "yes") return false;
  const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
  if (!unit) return false;
  const isStarted = unit.wantedBy.length + unit.requiredBy.length > 0;
  return !isStarted || !unit.before.some(({ text }) => comesBeforeRoot(text));
}
