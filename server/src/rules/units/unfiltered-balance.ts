import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { defineRule } from "../rule.ts";

/** Only a balance that says nothing of what it is for waits: `-d -m` without a filter, or `--full-balance`, starts at once. */
function waits(words: readonly Word[]): boolean {
  return !words.some(({ literal = "" }) => /^-[dms]/.test(literal) || literal === "--full-balance");
}

/** A balance without a filter rewrites everything there is. */
export const unfilteredBalance = defineRule({
  code: "IMP709",
  name: "unfiltered-balance",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const script of balancing(host.units)) {
      for (const command of commandsOf(script).storage) {
        if (command.kind !== "balance-start" || command.filtered) continue;
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message: `\`btrfs balance start\` without filters ${waits(command.words) ? "waits ten seconds for somebody to stop it, then " : ""}reads and writes every block of the filesystem: hours of load and wear each time, and it ends with an error at the first block whose checksum is wrong.`,
          help: "Give it filters (btrfs balance start -dusage=50 -musage=50 …), or leave it out: in normal use btrfs needs none.",
          fixes: () => {
            const verb = command.words.find(({ literal }) => literal === "start");
            const filters = "start -dusage=50 -musage=50";
            return verb
              ? offer(replaceTextAt(context, script.placeOf(verb.start, verb.end), "start", filters), {
                  title: "Balance chunks that are less than half full",
                  safety: "unsafe",
                  note: "It leaves fuller chunks alone, which is what most want, but not a change of profile.",
                })
              : [];
          },
        });
      }
    }
  },
});

const balancing = perItem(({ stage, scripts }: Unit) =>
  stage === "system" ? scripts.filter(({ text }) => text.includes("balance")) : [],
);
