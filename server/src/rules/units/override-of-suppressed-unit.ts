import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** A unit that is changed and, by another option, left out of the system. */
export const overrideOfSuppressedUnit = defineRule({
  code: "IMP746",
  name: "override-of-suppressed-unit",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const { config } = host;
    const stages = [
      { list: config.at("systemd", "suppressedSystemUnits"), group: config.child("systemd"), where: "" },
      {
        list: config.at("boot", "initrd", "systemd", "suppressedUnits"),
        group: config.at("boot", "initrd", "systemd"),
        where: " in the initrd",
      },
    ];
    for (const { list, group, where } of stages) {
      if (list.isDefined() === false) continue;
      for (const { text, place, certain } of readTexts(list).texts) {
        const unit = certain.answer === "yes" ? overridden(group, text) : undefined;
        if (!unit) continue;
        const option = unit.path.join(".");
        const isNotMissed = text === "systemd-machine-id-commit.service" && isMounted(host, "/etc/machine-id");
        report({
          at: place,
          ...(isNotMissed ? { severity: "information" as const } : {}),
          message: `\`${text}\` is left out of the system${where}: \`${list.path.join(".")}\` comes before all that is said of the unit. What \`${option}\` says has no effect${isNotMissed ? ": as `/etc/machine-id` is mounted from the store, nothing has to write it there" : ", and what the unit was to do is not done"}.`,
          help: isNotMissed
            ? "Remove what is said of the unit. It is for the other way, in which `/etc/machine-id` is a link into the store."
            : "Decide for one of them: leave the unit out, or keep it and change it.",
          related: [{ place: nameAt(unit), message: "the unit is changed here" }],
        });
      }
    }
  },
});

/** Whether a file is mounted from a store, and not linked. */
function isMounted(host: Host, path: string): boolean {
  const { persisted, survives } = host.fateOf(path);
  return persisted !== undefined && !persisted.linked && survives.answer === "yes";
}

const TYPES = /^(.+)\.(service|timer|socket|path|target|mount)$/;

/** What says more of a unit than whether it is there; the words alone of one that is left out say nothing. */
const MATTERS = ["serviceConfig", "script", "unitConfig", "wantedBy", "requiredBy", "timerConfig", "socketConfig"];

/** The options that change a unit. */
function overridden(group: OptionNode, unit: string): OptionNode | undefined {
  const [, name = "", type = ""] = TYPES.exec(unit) ?? [];
  const units = type === "" ? undefined : group.child(`${type}s`);
  if (!units || units.isDefined() === false || openOf(units) || !isNamed(units, name)) return undefined;
  const child = childrenOf(units).find((one) => one.name === name);
  if (child?.certain.answer !== "yes" || !MATTERS.some((option) => isNamed(child.node, option))) return undefined;
  return child.node;
}
