import { isBootedByOthers } from "../../host/boot-loaders.ts";
import { importsImageModule } from "../reading/image-modules.ts";
import { lossInWords, lossOf, rootWipe, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Without the Nix store there is nothing to boot. */
export const nixOnEphemeralRoot = defineRule({
  code: "IMP310",
  name: "nix-on-ephemeral-root",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const loss = lossOf(host, "/nix/store");
    const wipe = rootWipe(host);
    if (loss.lost !== "yes" || !wipe) return;
    if (importsImageModule(host) || isBootedByOthers(host.config)) return;
    if (host.config.child("microvm").isDefined() !== false) return;
    const root = host.fileSystemAt("/");
    context.report({
      at: root?.place ?? wipe.place,
      message: `\`/nix\` is ${whereInWords(loss)}. The Nix store with every program of the host ${lossInWords(loss)}, and the next boot finds no system to start.`,
      help: "Give `/nix` a filesystem or subvolume of its own that nothing wipes.",
      related: [{ place: wipe.rollback ? wipe.place : undefined, message: "wiped here" }],
    });
  },
});
