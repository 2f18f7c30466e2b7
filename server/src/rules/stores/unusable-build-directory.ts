import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { bindingAt, readString } from "../../host/read-values.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** Nix is told to build where it refuses to, or in the memory that the root is. */
export const unusableBuildDirectory = defineRule({
  code: "IMP382",
  name: "unusable-build-directory",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const option = host.config.at("nix", "settings", "build-dir");
    const directory = option.isDefined() === true ? readString(option) : undefined;
    if (!directory?.known || !directory.value.startsWith("/")) return;
    const path = normalise(directory.value);
    const shared = /^(\/var)?\/tmp(?=\/|$)/.exec(path)?.[0];
    const root = memoryRoot(host, path);
    const isRefused = shared !== undefined && isStrict(host);
    if (!isRefused && !root) return;
    report({
      at: directory.place,
      severity: isRefused ? "error" : "warning",
      message: isRefused
        ? `Nix is to build in \`${path}\`, and everybody may write to \`${shared}\`: from 2.30 on it refuses every build there ("… is world-writable or a symlink. That's not allowed for security").${root ? ` It would be in memory besides: ${root.words}.` : ""}`
        : `Nix is to build in \`${path}\`, and that is in memory: ${root?.words}. A large build ends with "No space left on device", or takes the memory that it needs itself.`,
      help: "Leave the option out: Nix builds in /nix/var/nix/builds then, on the disk of the store. Or name a directory of root's on another disk.",
      related: root ? [{ place: root.place, message: "the root" }] : [],
      fixes: () =>
        offer(removeBindingAt(context, bindingAt(option)), { title: "Build where the store is", safety: "safe" }),
    });
  },
});

/** Whether the Nix of the host certainly refuses such directories: that of NixOS 25.11 is 2.31, and the option is older. */
function isStrict({ config, release }: Host): boolean {
  return release.nixos !== undefined && release.nixos >= "25.11" && config.at("nix", "package").isDefined() === false;
}

/** The root, where it is a tmpfs and the directory lies on it; a tmpfs of its own is somebody's wish. */
function memoryRoot(host: Host, path: string) {
  const root = host.fileSystemAt(path);
  if (root?.mountpoint !== "/" || host.fileSystemsOpen !== undefined || host.fateOf(path).persisted) return undefined;
  if (!root.fsType.known || root.fsType.value !== "tmpfs" || root.certain.answer !== "yes") return undefined;
  const size = splitOptions(root.options).findLast(({ text, certain }) => certain && text.startsWith("size="));
  const limit = size ? size.text.slice("size=".length) : undefined;
  return { place: size?.place ?? root.place, words: `the root is a tmpfs${limit ? ` of at most ${limit}` : ""}` };
}
