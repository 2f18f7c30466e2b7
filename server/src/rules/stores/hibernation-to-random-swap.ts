import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readString, readTexts } from "../../host/read-values.ts";
import { forbidsHibernation, sleepsByItself, whyRefused } from "../reading/hibernation.ts";
import { countSwaps, randomSwaps } from "../reading/random-swaps.ts";
import { defineRule } from "../rule.ts";

/** Swap with a key of its own for every boot cannot give back what was written before the boot. */
export const hibernationToRandomSwap = defineRule({
  code: "IMP311",
  name: "hibernation-to-random-swap",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const resume = resumesFrom(host);
    const swaps = randomSwaps(host);
    const asked = sleepsByItself(host);
    const [only] = swaps;
    // Where all swap is random, a host that hibernates on its own does so to that.
    const refusal = forbidsHibernation(host);
    if (asked && !refusal && only && swaps.length === countSwaps(host) && !swaps.some(({ resumes }) => resumes)) {
      report({
        at: only.place,
        message: `The host hibernates by itself (${asked.text}), and all its swap gets a new key at every boot: the image of a hibernated system can never be read again. All that was open is lost, and filesystems that were mounted are left unclean.`,
        help: "Remove randomEncryption, and keep the swap inside of LUKS; or let the host suspend or power off.",
        related: [{ place: asked.place, message: "it hibernates by this" }],
      });
      return;
    }
    for (const swap of swaps) {
      const byName = resume !== undefined && resume.device === swap.device;
      if (!byName && !swap.resumes) continue;
      const from = byName ? `\`${resume.device}\`` : "this swap";
      if (refusal) {
        const because = refusal.isCertain ? whyRefused(refusal) : `${whyRefused(refusal)}, as far as can be told`;
        report({
          at: swap.place,
          severity: "warning",
          message: `The host is to resume from ${from}, and \`randomEncryption\` gives it a new key at every boot: nothing could be read from it again. As the host is, it never tries: ${because}. So the setting does nothing.`,
          help: "Do not resume from it (boot.resumeDevice, resumeDevice). On a host that is to hibernate, remove randomEncryption, and keep the swap inside of LUKS.",
          related: [
            { place: byName ? resume.place : swap.resumes, message: "the host is to resume from it" },
            { place: refusal.place, message: "this keeps it from hibernating" },
          ],
        });
        continue;
      }
      report({
        at: swap.place,
        message: `The host resumes from ${from}, and \`randomEncryption\` gives it a new key at every boot: the image of a hibernated system can never be read again. All that was open is lost, and filesystems that were mounted are left unclean.`,
        help: "Remove randomEncryption, and keep the swap inside of LUKS; or do not resume from it (boot.resumeDevice, resumeDevice).",
        related: [{ place: byName ? resume.place : swap.resumes, message: "the host resumes from it" }],
      });
    }
  },
});

/** The device that the host is told to resume from: `boot.resumeDevice`, or the parameter of the kernel that it turns into. */
function resumesFrom({ config }: Host): { readonly device: string; readonly place: Place | undefined } | undefined {
  const option = readString(config.at("boot", "resumeDevice"));
  if (option?.known && option.value !== "") return { device: option.value, place: option.place };
  for (const { text, place, certain } of readTexts(config.at("boot", "kernelParams")).texts) {
    const device = /^resume=(\/.+)$/.exec(text)?.[1];
    if (device !== undefined && certain.answer === "yes") return { device, place };
  }
  return undefined;
}
