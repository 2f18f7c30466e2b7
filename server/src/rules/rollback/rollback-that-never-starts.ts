import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { INITRD_UNITS, startedInInitrd } from "../../host/initrd-start.ts";
import { childrenOf, read, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { isSeenInPart } from "../reading/unit-in-parts.ts";
import { defineRule } from "../rule.ts";

/** A rollback in the initrd's systemd that nothing starts. */
export const rollbackThatNeverStarts = defineRule({
  code: "IMP512",
  name: "rollback-that-never-starts",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const rollback of host.rollbacks) {
      if (rollback.stage !== "initrd-systemd" || rollback.wipesRoot.answer !== "yes") continue;
      const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
      if (unit?.certain.answer !== "yes" || isSeenInPart(host, unit) || isStartedElsewhere(host, unit)) continue;
      const starters = [...unit.wantedBy, ...unit.requiredBy];
      const wrong = starters.map(({ text, place }) => ({ text, place, ...judged(host, unit, text) }));
      if (wrong.some(({ why }) => why === undefined)) continue;
      const [first] = wrong;
      const meant = first?.meant;
      report({
        at: first?.place ?? unit.place,
        message: `Nothing starts \`${unit.name}\`: ${first ? first.why : "it has neither `wantedBy` nor `requiredBy`"}. The root is never emptied: what nobody persists stays there, unnoticed, until the day this is repaired.`,
        help: meant ? `Write "${meant}".` : 'Set wantedBy = [ "initrd.target" ].',
        related: [{ place: rollback.place, message: "the script that empties the root" }],
        fixes: () =>
          meant && first
            ? offer(replaceStringAt(context, first.place, meant), { title: `Change to "${meant}"`, safety: "unsafe" })
            : [],
      });
    }
  },
});

/** Why what is to start a unit never does; `why` is undefined when it may. `meant`: the name it looks like. */
function judged(host: Host, unit: Unit, name: string): { why?: string; meant?: string } {
  const { answer } = startedInInitrd(host.config, unit, name);
  if (answer === "yes") return {};
  if (answer === "no") return { why: `\`${name}\`, which is to start it, is not reached in the initrd` };
  const meant = nearestName(name, INITRD_UNITS);
  return meant === undefined ? {} : { why: `there is no \`${name}\``, meant };
}

/** Options of other units that start a unit. */
const STARTING = ["wants", "requires", "requisite", "bindsTo", "upholds", "partOf"];

/** Whether another unit of the initrd starts this one, or may. */
function isStartedElsewhere({ config }: Host, { name, node }: Unit): boolean {
  if (
    node.open() !== undefined ||
    ["wantedBy", "requiredBy"].some((list) => readTexts(node.child(list)).open.length > 0)
  )
    return true;
  const install = node.child("unitConfig");
  if (read(install).state === "unknown" || read(node.child("aliases")).state !== "absent") return true;
  const systemd = config.at("boot", "initrd", "systemd");
  const units = ["services", "targets", "mounts", "paths", "sockets", "timers"].flatMap((kind) =>
    childrenOf(systemd.child(kind)).map((child) => child.node),
  );
  return units.some((other) => starts(other, `${name}.service`) || isTimerOf(other, name));
}

function starts(other: OptionNode, unit: string): boolean {
  return STARTING.some((option) => {
    const { texts, open } = readTexts(other.child(option));
    return open.length > 0 || texts.some(({ text }) => text === unit);
  });
}

/** Timers, paths and sockets start the service of their name. */
function isTimerOf({ path }: OptionNode, name: string): boolean {
  return path.at(-1) === name && path.at(-2) !== "services";
}
