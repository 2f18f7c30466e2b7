import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { defineRule } from "../rule.ts";

/** impermanence since 2026-01 wants the flag on every filesystem that persisted paths are mounted onto. */
export const lateFilesystemWithPersistedPaths = defineRule({
  code: "IMP303",
  name: "late-filesystem-with-persisted-paths",
  group: "stores",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const fs of host.fileSystems) {
      if (fs.mountpoint === "/" || fs.certain.answer !== "yes") continue;
      if (!fs.neededForBoot.known || fs.neededForBoot.value) continue;
      const entry = host.stores
        .filter(({ module, enabled, path }) => {
          const holdsStore = path.known && isAtOrBelow(path.value, fs.mountpoint);
          return module === "impermanence" && enabled.answer === "yes" && !holdsStore;
        })
        .flatMap(({ directories, files }) => [...directories, ...files])
        .find(({ path, certain }) => certain.answer === "yes" && isBelow(path, fs.mountpoint));
      if (!entry) continue;
      context.report({
        at: fs.place ?? entry.place,
        message: `\`${entry.path}\` is persisted onto the filesystem \`${fs.mountpoint}\`, which does not set \`neededForBoot\`. impermanence from January 2026 on refuses to evaluate then, even where NixOS mounts \`${fs.mountpoint}\` early by itself. Which revision you use is not known here.`,
        help: `Set fileSystems."${fs.mountpoint}".neededForBoot = true; it is right with older revisions too.`,
        related: [{ place: entry.place, message: `\`${entry.path}\` is persisted here` }],
        fixes: () =>
          offer(setOption(context, ["fileSystems", fs.mountpoint, "neededForBoot"], "true"), {
            title: `Set fileSystems."${fs.mountpoint}".neededForBoot = true`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});
