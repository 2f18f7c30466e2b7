import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { defineRule } from "../rule.ts";

/** 2026-01-27, when impermanence 7b1d382f brought the assertion, in seconds since 1970. */
const ASSERTED = 1_769_548_169;

/** impermanence since 2026-01 wants the flag on every filesystem that persisted paths are mounted onto. */
export const lateFilesystemWithPersistedPaths = defineRule({
  code: "IMP303",
  name: "late-filesystem-with-persisted-paths",
  group: "stores",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const lockedAt = host.release.impermanenceAt;
    // The locked revision does not look at it; the next `nix flake update` is not what the host is built with.
    if (lockedAt !== undefined && lockedAt < ASSERTED) return;
    for (const fs of host.fileSystems) {
      if (fs.mountpoint === "/" || fs.certain.answer !== "yes") continue;
      if (!fs.neededForBoot.known || fs.neededForBoot.value) continue;
      // Nothing should be persisted there at all, which another rule says.
      if (/^\/(boot|efi)(\/|$)/.test(fs.mountpoint)) continue;
      const entries = host.stores
        .filter(({ module, enabled, path }) => {
          const holdsStore = path.known && isAtOrBelow(path.value, fs.mountpoint);
          return module === "impermanence" && enabled.answer === "yes" && !holdsStore;
        })
        .flatMap(({ directories, files }) => [...directories, ...files])
        .filter(({ path, certain }) => certain.answer === "yes" && isBelow(path, fs.mountpoint));
      // Older revisions bind or link files without waiting for the mount, so that no revision does with it.
      const file = fs.mountedInInitrd.answer === "no" ? entries.find(({ kind }) => kind === "file") : undefined;
      const entry = lockedAt === undefined ? (file ?? entries[0]) : entries[0];
      if (!entry) continue;
      const version =
        lockedAt !== undefined
          ? `The one in flake.lock is of ${dateOf(lockedAt)}.`
          : entry === file
            ? "An older one puts files in place without waiting for that mount, which covers them when it comes later: they are missing then."
            : "Which revision you use is not known here.";
      context.report({
        at: fs.place ?? entry.place,
        severity: lockedAt !== undefined ? "error" : entry === file ? "warning" : "information",
        message: `\`${entry.path}\` is persisted onto the filesystem \`${fs.mountpoint}\`, which does not set \`neededForBoot\`. impermanence from January 2026 on refuses to evaluate then, even where NixOS mounts \`${fs.mountpoint}\` early by itself. ${version}`,
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

/** The day of a time in seconds, as 2026-01-31. */
function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
