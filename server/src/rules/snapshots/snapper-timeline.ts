import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { childrenOf, isNamed, nameAt, read, readBoolean } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { parseSnapperLimit } from "../../shell/retention-tools.ts";
import { defineRule } from "../rule.ts";

const LIMITS: readonly (readonly [string, number])[] = [
  ["HOURLY", 10],
  ["DAILY", 10],
  ["WEEKLY", 0],
  ["MONTHLY", 10],
  ["QUARTERLY", 0],
  ["YEARLY", 10],
];

/** A timeline of snapper that makes snapshots and deletes none, deletes and makes none, or deletes all. */
export const snapperTimeline = defineRule({
  code: "IMP608",
  name: "snapper-timeline",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const { name, node } of childrenOf(host.config.at("services", "snapper", "configs"))) {
      // The form of old releases holds the switches in a text.
      if (isNamed(node, "extraConfig")) continue;
      const creates = flag(node, "TIMELINE_CREATE");
      const cleans = flag(node, "TIMELINE_CLEANUP");
      if (creates === true && cleans === false) {
        report({
          at: nameAt(node.child("TIMELINE_CREATE")) ?? nameAt(node),
          message: `snapper makes a snapshot of \`${name}\` every hour, unless snapshotInterval says otherwise, and deletes none: TIMELINE_CLEANUP is off, which is NixOS' default. That is 8766 a year, and what is deleted stays on the disk.`,
          help: "Set TIMELINE_CLEANUP = true, with limits: TIMELINE_LIMIT_HOURLY = 10, TIMELINE_LIMIT_DAILY = 7.",
          fixes: () =>
            offer(setOption(context, [...node.path, "TIMELINE_CLEANUP"], "true"), {
              title: "Clean up (TIMELINE_CLEANUP = true)",
              safety: "unsafe",
              note: "At its next run snapper deletes all that the limits do not keep; without limits these are 10 hours, 10 days, 10 months and 10 years.",
            }),
        });
      }
      if (creates === false && cleans === true) {
        report({
          at: nameAt(node.child("TIMELINE_CLEANUP")) ?? nameAt(node),
          message: `snapper cleans up the timeline of \`${name}\`, but makes no snapshots for it: TIMELINE_CREATE is off, which is the default.`,
          help: "Set TIMELINE_CREATE = true, unless the snapshots are made by hand with the cleanup algorithm timeline.",
          fixes: () =>
            offer(setOption(context, [...node.path, "TIMELINE_CREATE"], "true"), {
              title: "Make snapshots (TIMELINE_CREATE = true)",
              safety: "unsafe",
              note: "Snapshots that are made by hand with the cleanup algorithm timeline count among its limits.",
            }),
        });
      }
      if (cleans === true && keepsNone(node)) {
        report({
          at: nameAt(node.child("TIMELINE_CLEANUP")) ?? nameAt(node),
          message: `All limits of the timeline of \`${name}\` are 0: each cleanup deletes every timeline snapshot.`,
          help: "Give at least one of them a number, for example TIMELINE_LIMIT_DAILY = 7.",
        });
      }
    }
  },
});

/** A switch with NixOS' default, which is off; undefined when it is not known. */
function flag(config: OptionNode, name: string): boolean | undefined {
  const value = readBoolean(config.child(name));
  return value === undefined ? false : value.known ? value.value : undefined;
}

function keepsNone(config: OptionNode): boolean {
  return LIMITS.every(([name, byDefault]) => {
    const reading = read(config.child(`TIMELINE_LIMIT_${name}`));
    if (reading.state === "absent") return byDefault === 0;
    if (reading.state === "unknown") return false;
    const limit = typeof reading.value === "bigint" ? Number(reading.value) : reading.value;
    if (typeof limit !== "number" && typeof limit !== "string") return false;
    const parsed = parseSnapperLimit(limit);
    return parsed.ok && parsed.most === 0;
  });
}
