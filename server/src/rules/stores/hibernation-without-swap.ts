import { readBoolean, readString } from "../../host/read-values.ts";
import { forbidsHibernation, sleepsByItself } from "../reading/hibernation.ts";
import { mayHaveSwap } from "../reading/swap-files.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A host that is to hibernate by itself, and has no swap on a disk. */
export const hibernationWithoutSwap = defineRule({
  code: "IMP366",
  name: "hibernation-without-swap",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const asked = sleepsByItself(host);
    if (!asked?.text.startsWith("`services.logind.") || mayBeSetElsewhere(host) || forbidsHibernation(host)) return;
    const resume = readString(host.config.at("boot", "resumeDevice"));
    if (mayHaveSwap(host) || (resume !== undefined && (!resume.known || resume.value !== ""))) return;
    const zram = readBoolean(host.config.at("zramSwap", "enable"));
    const compressed = zram?.known === true && zram.value;
    report({
      at: asked.place,
      message: `The host is to hibernate by itself (${asked.text}), and ${compressed ? "its only swap is zram, which is memory" : "it has no swap"}: there is nothing to write the image to. logind refuses, the host stays awake or suspended, and what is open is lost when the battery is empty.`,
      help: "Add swap on a disk, as large as the memory, and boot.resumeDevice, or let it suspend or power off.",
      related: compressed ? [{ place: zram.place, message: "swap in memory" }] : [],
    });
  },
});
