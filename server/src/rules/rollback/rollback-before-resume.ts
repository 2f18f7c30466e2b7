import { itemNode, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** The scripted initrd runs postDeviceCommands before it resumes, on a filesystem that the sleeping system has mounted. */
export const rollbackBeforeResume = defineRule({
  code: "IMP508",
  name: "rollback-before-resume",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const systemd = readBoolean(host.config.at("boot", "initrd", "systemd", "enable"));
    // A host with systemd in its initrd does not build with such a hook, which another rule says.
    if (systemd?.known && systemd.value) return;
    const kernel = readTexts(host.config.at("boot", "kernelParams")).texts;
    if (kernel.some(({ text }) => text === "noresume" || text === "nohibernate")) return;
    const device = readString(host.config.at("boot", "resumeDevice"));
    const parameter = kernel.find(({ text }) => /^resume=./.test(text));
    const named = device?.known && device.value !== "" ? device : undefined;
    const swap = sleepsIn(host.config);
    if (!named && !parameter && !swap) return;
    for (const rollback of host.rollbacks) {
      const hook = rollback.option.at(-1) ?? "";
      if (rollback.stage !== "initrd-scripted" || !/^(preDevice|preLVM|postDevice)Commands$/.test(hook)) continue;
      const isMeant = named !== undefined || parameter !== undefined;
      report({
        at: rollback.place,
        severity: isMeant ? "error" : "information",
        message: `\`boot.initrd.${hook}\` runs before the initrd resumes from hibernation. The rollback then changes a filesystem that the sleeping system still has mounted, and resuming corrupts it.${isMeant ? "" : " This host has swap to hibernate to, and resumes from it without further settings."}`,
        help: "Move the script to boot.initrd.postResumeCommands, which runs only when nothing was resumed. A host that never hibernates can say so: boot.kernelParams = [ “nohibernate” ].",
        related: [
          { place: named?.place ?? parameter?.place, message: "it resumes from here" },
          { place: isMeant ? undefined : swap?.place, message: "swap that it can resume from" },
        ],
      });
    }
  },
});

/** The first swap that outlives a reboot: one with a random key does not. */
function sleepsIn(config: OptionNode) {
  return readItems(config.at("swapDevices")).items.find((item) => {
    if (item.certain.answer !== "yes") return false;
    const random = itemNode(item, ["swapDevices"]).child("randomEncryption");
    const whole = readBoolean(random);
    if (whole === undefined) return true;
    if (whole.known) return !whole.value;
    // As a set it says so in `enable`; what is not known keeps the rule silent.
    const enable = readBoolean(random.child("enable"));
    return enable?.known === true && !enable.value;
  });
}
