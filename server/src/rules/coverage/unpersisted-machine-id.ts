import { offer } from "../../edits/fix-plan.ts";
import { giveAttributes } from "../../edits/persisted-entry-edit.ts";
import type { PersistedPath } from "../../host/host.ts";
import { isGuest } from "../../host/microvm.ts";
import { nameAt, readTexts } from "../../host/read-values.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { type LateEntry, lateEntry, onceWiped } from "../reading/late-entry.ts";
import { correctEntry, misspeltEntry, misspeltInWords } from "../reading/misspelt-entry.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { whyNotKept } from "../reading/why-not-kept.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Without its machine-id a host is a new machine after every boot. */
export const unpersistedMachineId = defineRule({
  code: "IMP403",
  name: "unpersisted-machine-id",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    if (isStateless(context.host) || isFixedElsewhere(context)) return;
    const loss = uncoveredLoss(context.host, "/etc/machine-id");
    const entry = loss.fate.persisted;
    const late = entry?.kind === "file" ? lateEntry(context.host, entry, "/etc/machine-id") : undefined;
    if (entry && late) return reportLate(context, entry, late);
    if (loss.lost !== "yes") return;
    const why = whyNotKept(context.host, "/etc/machine-id");
    const misspelt = misspeltEntry(context.host, "/etc/machine-id");
    // A guest has no store of its own, and its root is not in the configuration.
    const guest = isGuest(context.host.config) ? nameAt(context.host.config.child("microvm")) : undefined;
    context.report({
      at: misspelt?.place ?? guest ?? coveragePlace(context.host),
      message: `\`/etc/machine-id\` ${lossInWords(loss)}: ${journalIsKept(context) ? "the journal starts a new directory at each boot (old ones are never cleaned up, `journalctl -b -1` finds nothing), and DHCP sees a new machine" : "DHCP, and whatever else knows the host by it, sees a new machine at each boot"}.${misspeltInWords(misspelt)}${why?.words ?? ""}`,
      help: guest
        ? 'Update microvm.nix, which gives its guests an id since March 2026, or write one: environment.etc."machine-id".text.'
        : 'Persist the file "/etc/machine-id" (with preservation: inInitrd = true, and suppress systemd-machine-id-commit.service).',
      related: [
        ...(why ? [{ place: why.place, message: why.related }] : []),
        { place: loss.fate.place, message: whereInWords(loss) },
      ],
      fixes: () => {
        const corrected = correctEntry(context, misspelt, "/etc/machine-id");
        return corrected.length > 0
          ? corrected
          : persistFix(context, [{ kind: "file", path: "/etc/machine-id", inInitrd: true }]);
      },
    });
  },
});

/** Whether the journal of former boots may be there, which is named after the id. */
function journalIsKept({ host }: RuleContext): boolean {
  return host.fateOf("/var/log/journal").survives.answer !== "no";
}

function reportLate(context: RuleContext, entry: PersistedPath, late: LateEntry): void {
  context.report({
    at: entry.place,
    message: `preservation puts \`/etc/machine-id\` in place after systemd has started, which has found none by then and made a new one: the journal starts a new directory at each boot, as if the file were not persisted${onceWiped(late)}.`,
    help: "Give the entry inInitrd = true, and suppress systemd-machine-id-commit.service.",
    fixes: () =>
      offer(giveAttributes(context, entry, [["inInitrd", "true"]]), {
        title: "Put it in place in the initrd (inInitrd = true)",
        safety: "safe",
        preferred: true,
      }),
  });
}

/** The id may come from the configuration, from the kernel command line, or from a script that knows it. */
function isFixedElsewhere({ host }: RuleContext): boolean {
  if (host.scripts.some(({ text }) => text.includes("/etc/machine-id"))) return true;
  if (host.config.at("environment", "etc", "machine-id").isDefined() !== false) return true;
  const { texts, open } = readTexts(host.config.at("boot", "kernelParams"));
  return open.length > 0 || texts.some(({ text }) => text.startsWith("systemd.machine_id="));
}
