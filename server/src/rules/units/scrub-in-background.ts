import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A scrub that goes on when its service has ended is ended with it. */
export const scrubInBackground = defineRule({
  code: "IMP708",
  name: "scrub-in-background",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const { unit, scrubbing } of scrubbingUnits(host.units)) {
      if (outlivesItself(unit)) continue;
      for (const script of scrubbing) {
        const { storage, running } = commandsOf(script);
        if (running.some(({ name, args }) => name === "btrfs" && args.some(({ literal }) => literal === "status")))
          continue;
        for (const command of storage) {
          if (command.kind !== "scrub-start" || command.foreground) continue;
          report({
            at: script.placeOf(command.start, command.end) ?? script.place,
            message: `\`btrfs scrub start\` without \`-B\` returns at once and leaves the work to a process in the background, which systemd ends together with \`${unit.name}.service\`. The scrub is cut off after a moment, and nothing says so.`,
            help: "Add -B, or use services.btrfs.autoScrub.",
            fixes: () => {
              const verb = command.words.find(({ literal }) => literal === "start");
              return verb
                ? offer(replaceTextAt(context, script.placeOf(verb.start, verb.end), "start", "start -B"), {
                    title: "Wait for the scrub (-B)",
                    safety: "safe",
                  })
                : [];
            },
          });
        }
      }
    }
  },
});

/** Whether what the service leaves behind goes on when it has ended, or may. */
function outlivesItself({ node }: Unit): boolean {
  const config = node.child("serviceConfig");
  const remains = readBoolean(config.child("RemainAfterExit"));
  if (remains && (!remains.known || remains.value)) return true;
  if (readString(config.child("KillMode"))) return true;
  const type = readString(config.child("Type"));
  return type !== undefined && (!type.known || type.value === "forking");
}

/** The services of which a script says something of a scrub. */
const scrubbingUnits = perItem((unit: Unit) => {
  const isThere = unit.stage === "system" && unit.certain.answer !== "no";
  const scrubbing = isThere ? unit.scripts.filter(({ text }) => text.includes("scrub")) : [];
  return scrubbing.length > 0 ? [{ unit, scrubbing }] : [];
});
