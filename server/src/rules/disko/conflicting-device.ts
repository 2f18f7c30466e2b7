import { isRefused } from "../../host/file-systems.ts";
import type { FileSystem } from "../../host/host.ts";
import { defineRule } from "../rule.ts";

/** Filesystems that disko declares, and the configuration once more with another device, such as a generated file. */
export const conflictingDevice = defineRule({
  code: "IMP213",
  name: "conflicting-device",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const wrong = host.fileSystems.filter(
      (fs) => fs.certain.answer === "yes" && (isRefused(fs.device) || isRefused(fs.fsType)),
    );
    for (const [first, ...others] of byFile(wrong)) {
      const said = [first.device, first.fsType].find(isRefused);
      if (!said || said.known) continue;
      const more = others.map(({ mountpoint }) => `\`${mountpoint}\``);
      report({
        at: said.place ?? first.place,
        message: `\`${first.mountpoint}\` is declared twice: ${said.why}, so the host is not built.${more.length > 0 ? ` The same holds for ${more.join(", ")}.` : ""} nixos-generate-config writes such entries for all that is mounted when it runs.`,
        help: "Delete the entries of `fileSystems` for what disko mounts (nixos-generate-config --no-filesystems writes none), and keep flags such as neededForBoot.",
        related: others.slice(0, 4).map(({ mountpoint, place }) => ({ place, message: `\`${mountpoint}\` as well` })),
      });
    }
  },
});

/** Those of one file together: they were written by one program, or one hand. */
function byFile(list: readonly FileSystem[]): (readonly [FileSystem, ...FileSystem[]])[] {
  const files = new Map<string, [FileSystem, ...FileSystem[]]>();
  for (const fs of list) {
    const said = [fs.device, fs.fsType].find(isRefused);
    const file = said?.place?.file ?? "";
    const group = files.get(file);
    if (group) group.push(fs);
    else files.set(file, [fs]);
  }
  return [...files.values()];
}
