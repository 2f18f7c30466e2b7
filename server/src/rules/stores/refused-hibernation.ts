import { forbidsHibernation, type Refusal, sleepsByItself, whyRefused } from "../reading/hibernation.ts";
import { defineRule } from "../rule.ts";

/** A host that is to hibernate, and whose kernel is told to refuse: by ZFS, by what protects its image, or by hand. */
export const refusedHibernation = defineRule({
  code: "IMP327",
  name: "refused-hibernation",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const refusal = forbidsHibernation(host);
    if (!refusal?.isCertain) return;
    // Who forces the parameters has taken out what modules add.
    const params = host.config.at("boot", "kernelParams").definitions();
    if (refusal.by !== "parameter" && params.some(({ priority }) => priority < 100)) return;
    const asked = sleepsByItself(host);
    // upower tries something else by itself.
    if (!asked?.text.startsWith("`services.logind.")) return;
    report({
      at: asked.place,
      message: `The host is to hibernate by itself (${asked.text}), and its kernel refuses to: ${whyRefused(refusal)}. logind suspends instead, and what is open is lost when the battery is empty.`,
      help: HELP[refusal.by],
      related: [{ place: refusal.place, message: RELATED[refusal.by] }],
    });
  },
});

const HELP: Record<Refusal["by"], string> = {
  zfs: "Let it suspend or power off. boot.zfs.allowHibernation takes the parameter away, and is for hosts that never import a pool by force (boot.zfs.forceImportRoot and forceImportAll = false) and resume before any pool is imported: otherwise the pool is destroyed.",
  image:
    'Let it suspend or power off, or set security.protectKernelImage = false on hosts that hibernate; boot.kernel.sysctl."kernel.kexec_load_disabled" = 1 keeps the other half of it.',
  parameter: "Let it suspend or power off, or take the parameter away on hosts that hibernate.",
};

const RELATED: Record<Refusal["by"], string> = {
  zfs: "the filesystem of ZFS",
  image: "this forbids it",
  parameter: "this forbids it",
};
