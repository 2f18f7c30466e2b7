import { readBoolean } from "../../host/read-values.ts";
import { sleepsByItself } from "../reading/hibernation.ts";
import { defineRule } from "../rule.ts";

/** A host that is to hibernate, and whose kernel refuses to because it uses ZFS. */
export const refusedHibernation = defineRule({
  code: "IMP327",
  name: "refused-hibernation",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const { config, fileSystems } = host;
    const zfs = fileSystems.find(
      ({ fsType, certain }) => certain.answer === "yes" && fsType.known && fsType.value === "zfs",
    );
    const allowed = config.at("boot", "zfs", "allowHibernation");
    const flag = allowed.isDefined() === false ? undefined : readBoolean(allowed);
    if (!zfs || (flag && (!flag.known || flag.value))) return;
    // Who forces the parameters has taken it out.
    if (
      config
        .at("boot", "kernelParams")
        .definitions()
        .some(({ priority }) => priority < 100)
    )
      return;
    const asked = sleepsByItself(host);
    // upower tries something else by itself.
    if (!asked?.text.startsWith("`services.logind.")) return;
    report({
      at: asked.place,
      message: `The host is to hibernate by itself (${asked.text}), and its kernel refuses to: with ZFS NixOS boots with \`nohibernate\`, unless boot.zfs.allowHibernation says otherwise. logind suspends instead, and what is open is lost when the battery is empty.`,
      help: "Let it suspend or power off. boot.zfs.allowHibernation takes the parameter away, and is for hosts that never import a pool by force (boot.zfs.forceImportRoot and forceImportAll = false) and resume before any pool is imported: otherwise the pool is destroyed.",
      related: [{ place: zfs.place, message: "ZFS is used here" }],
    });
  },
});
