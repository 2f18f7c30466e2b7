import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { itemNode, readBoolean, readItems, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { forbidsHibernation, sleepsByItself, whyRefused } from "../reading/hibernation.ts";
import { diskoSwaps } from "../reading/swap-files.ts";
import { defineRule } from "../rule.ts";

/** Swap with a key of its own for every boot cannot give back what was written before the boot. */
export const hibernationToRandomSwap = defineRule({
  code: "IMP311",
  name: "hibernation-to-random-swap",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const resume = readString(host.config.at("boot", "resumeDevice"));
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
      const byName = resume?.known && resume.value !== "" && resume.value === swap.device;
      if (!byName && !swap.resumes) continue;
      const from = swap.device === undefined ? "this swap" : `\`${swap.device}\``;
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

interface RandomSwap {
  readonly device: string | undefined;
  readonly place: Place | undefined;
  /** Where disko is told to resume from it. */
  readonly resumes: Place | undefined;
}

function randomSwaps(host: Host): RandomSwap[] {
  const option = host.config.child("swapDevices");
  const listed = readItems(option).items.flatMap((item, index): RandomSwap[] => {
    const node = itemNode(item, [...option.path, String(index)]);
    const device = readString(node.child("device"));
    const place = item.certain.answer === "yes" ? randomAt(node.child("randomEncryption")) : undefined;
    return place && device?.known ? [{ device: device.value, place, resumes: undefined }] : [];
  });
  // Of disko's swap, only what it says of itself counts; its device is one of many names.
  const ofDisko = diskoSwaps(host.config).flatMap((content): RandomSwap[] => {
    const place = randomAt(content.child("randomEncryption"));
    const resume = readBoolean(content.child("resumeDevice"));
    return place && resume?.known && resume.value ? [{ device: undefined, place, resumes: resume.place }] : [];
  });
  return [...listed, ...ofDisko];
}

/** `randomEncryption = true` or `randomEncryption.enable = true`. */
function randomAt(option: OptionNode): Place | undefined {
  for (const flag of [readBoolean(option), readBoolean(option.child("enable"))]) {
    if (flag?.known && flag.value) return flag.place;
  }
  return undefined;
}

/** How many swaps the host may have; those of memory are none that it sleeps in. */
function countSwaps({ config }: Host): number {
  const { items, open } = readItems(config.child("swapDevices"));
  return open.length > 0 ? Number.NaN : items.length + diskoSwaps(config).length;
}
