import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { forgottenStores } from "../reading/forgotten-stores.ts";
import { rootWipe } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Entries of preservation on a host whose root is wiped, where nothing switches preservation on. */
export const preservationNotEnabled = defineRule({
  code: "IMP328",
  name: "preservation-not-enabled",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const option = ["preservation", "enable"];
    const kept = forgottenStores(host);
    const [first] = kept;
    if (!first) return;
    const wipe = rootWipe(host);
    if (!wipe) return;
    const count = kept.reduce((sum, { directories, files }) => sum + directories.length + files.length, 0);
    report({
      at: first.place,
      message: `preservation is off, as nothing sets preservation.enable: ${count === 1 ? "the path that is listed is not kept" : `none of the ${count} paths that are listed is kept`}, and the root is ${wipe.works ? "wiped at every boot" : "meant to be wiped"}.`,
      help: "Set preservation.enable = true.",
      related: [{ place: wipe.place, message: "wiped by this" }],
      fixes: () =>
        offer(setOption(context, option, "true"), {
          title: "Switch preservation on",
          safety: "unsafe",
          preferred: true,
          note: "What is in these places today is hidden by the mounts: copy it to the store first.",
        }),
    });
  },
});
