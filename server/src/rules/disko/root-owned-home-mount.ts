import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Host } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { childrenOf, readString, readTexts } from "../../host/read-values.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { tmpfilesOpen } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** What disko creates belongs to root, and nothing hands a directory in a home to its user. */
export const rootOwnedHomeMount = defineRule({
  code: "IMP208",
  name: "root-owned-home-mount",
  group: "disko",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (tmpfilesOpen(host)) return;
    for (const { layout, mountpoint, certain, place } of host.layouts.flatMap(({ subvolumes }) => subvolumes)) {
      if (layout.fsType === "zfs" || !mountpoint.known || mountpoint.value === null || certain.answer !== "yes")
        continue;
      const path = normalise(mountpoint.value);
      const user = normalUsers(host).find(({ home }) => home !== undefined && isBelow(path, home));
      if (!user || isHandedOver(host, path)) continue;
      const group = readString(user.node.child("group")) ?? { known: true as const, value: "users" };
      context.report({
        at: mountpoint.place ?? place,
        message: `\`${path}\` is in the home of \`${user.name}\`, and disko creates the subvolume as root. Nothing in the configuration gives it to the user, who cannot write there.`,
        help: "Give it to the user with systemd.tmpfiles.rules, or mount the home as a whole.",
        fixes: () =>
          group.known && !/\s/.test(path)
            ? offer(
                appendToListOption(
                  context,
                  ["systemd", "tmpfiles", "rules"],
                  [quote(`d ${path} 0700 ${user.name} ${group.value} -`)],
                ),
                { title: `Give \`${path}\` to \`${user.name}\` with tmpfiles`, safety: "safe", preferred: true },
              )
            : [],
      });
    }
  },
});

/** Whether a tmpfiles rule or a script of the host mentions the directory; what a script does with it is its own matter. */
function isHandedOver(host: Host, path: string): boolean {
  const { texts } = readTexts(host.config.at("systemd", "tmpfiles", "rules"));
  if (texts.some(({ text }) => text.split(/\s+/).some((word) => normalise(word) === path))) return true;
  const groups = childrenOf(host.config.at("systemd", "tmpfiles", "settings"));
  if (groups.some(({ node }) => childrenOf(node).some(({ name }) => normalise(name) === path))) return true;
  return host.scripts.some(
    ({ text, holes }) =>
      /\bchown\b|\binstall\b/.test(text) && (holes.length > 0 || text.includes(path) || /\bchown\b.*-\w*R/.test(text)),
  );
}
