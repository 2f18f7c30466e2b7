import { readBoolean } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** disko's layout is no filesystem of the host while `enableConfig` is off. */
export const diskoWithoutFilesystems = defineRule({
  code: "IMP211",
  name: "disko-without-filesystems",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const enabled = readBoolean(host.config.at("disko", "enableConfig"));
    if (!enabled?.known || enabled.value) return;
    if (host.config.at("disko", "devices").isDefined() !== true) return;
    if (host.fileSystemsOpen !== undefined || host.fileSystems.some(({ mountpoint }) => mountpoint === "/")) return;
    report({
      at: enabled.place,
      message:
        "disko declares a layout, but `disko.enableConfig` is off, so that none of it becomes a filesystem of the host, and `fileSystems` has no `/`. NixOS refuses to build: \"The 'fileSystems' option does not specify your root file system\".",
      help: "Remove `disko.enableConfig = false`, or declare every filesystem in `fileSystems`.",
    });
  },
});
