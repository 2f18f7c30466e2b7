import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { nameAt, readBoolean } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** 2025-09-20, in seconds since 1970: from then on impermanence makes real mounts for homes, and has no `allowOther`. */
const REAL_MOUNTS = 1_758_372_989;

/** Mounts of a home that others are to see, which the system does not allow. */
export const fuseWithoutOthers = defineRule({
  code: "IMP445",
  name: "fuse-without-others",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const lockedAt = host.release.impermanenceAt;
    if (lockedAt !== undefined && lockedAt >= REAL_MOUNTS) return;
    const allowed = host.config.at("programs", "fuse", "userAllowOther");
    const flag = allowed.isDefined() === false ? undefined : readBoolean(allowed);
    if (flag && (!flag.known || flag.value)) return;
    for (const { option, enabled, directories } of host.stores) {
      if (option[0] !== "home-manager" || enabled.answer !== "yes" || directories.length === 0) continue;
      const other = host.config.at(...option, "allowOther");
      const isOn = other.isDefined() === false ? undefined : readBoolean(other);
      if (!isOn?.known || !isOn.value || mayBeSetElsewhere(host)) continue;
      report({
        at: nameAt(other),
        message:
          "`allowOther` lets root and others into the mounts of this home, and FUSE refuses that to everybody but root while `programs.fuse.userAllowOther` is off: none of the directories is mounted (\"option allow_other only allowed if 'user_allow_other' is set\"), and what is written there is lost.",
        help: `Set programs.fuse.userAllowOther = true.${lockedAt === undefined ? " With impermanence of January 2026 or later, leave allowOther out: the mounts are real ones then." : ""}`,
        fixes: () =>
          offer(setOption(context, ["programs", "fuse", "userAllowOther"], "true"), {
            title: "Set programs.fuse.userAllowOther = true",
            safety: "safe",
            preferred: true,
          }),
      });
      return;
    }
  },
});
