import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { childrenOf } from "../../host/read-values.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { usersByUnit } from "../reading/users-by-unit.ts";
import { defineRule } from "../rule.ts";

/** Homes are made before a tmpfs is mounted over them, so that nobody has one. */
export const homesUnderLateMount = defineRule({
  code: "IMP341",
  name: "homes-under-late-mount",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (usersByUnit(host) !== false || tmpfilesOpen(host) || mayMakeHomes(host)) return;
    for (const fs of host.fileSystems) {
      if (!isEmptyAndLate(fs)) continue;
      const users = normalUsers(host).filter(
        ({ home }) => home !== undefined && isBelow(home, fs.mountpoint) && !isMade(host, home, fs),
      );
      const [first] = users;
      if (!first) continue;
      const names = users.map(({ name }) => name).join(", ");
      context.report({
        at: fs.place,
        message: `\`${fs.mountpoint}\` is a tmpfs that is not \`neededForBoot\`, so it is mounted after NixOS has made the homes of its users, and covers them: \`${first.home}\` does not exist then, or belongs to root where something is mounted below it. ${names} cannot write to ${users.length > 1 ? "their homes" : "the home"}, and a graphical login fails.`,
        help: `Let the initrd mount it, before users are made: fileSystems."${fs.mountpoint}".neededForBoot = true;`,
        related: users
          .slice(0, 3)
          .map(({ name, place }) => ({ place, message: `the home of ${name} is made too early` })),
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

/** A filesystem that is empty at every boot and is mounted when the running system starts. */
function isEmptyAndLate({ mountpoint, fsType, certain, mountedInInitrd, options, optionsOpen }: FileSystem): boolean {
  if (mountpoint === "/" || certain.answer !== "yes" || mountedInInitrd.answer !== "no") return false;
  if (!fsType.known || !/^(tmpfs|ramfs)$/.test(fsType.value) || optionsOpen !== undefined) return false;
  return !options.some(({ text }) => /(^|,)(noauto|x-systemd\.automount)(,|$)/.test(text));
}

/** Whether something puts the home there later: a mount, an entry of a store, a rule of tmpfiles, a script. */
function isMade(host: Host, home: string, over: FileSystem): boolean {
  const entries = host.stores.flatMap(({ directories }) => directories);
  const isInBetween = (path: string) => isBelow(path, over.mountpoint) && isAtOrBelow(home, path);
  return (
    entries.some(({ path }) => isInBetween(path)) ||
    host.fileSystems.some(({ mountpoint }) => isInBetween(mountpoint)) ||
    tmpfilesRules(host).some(({ type, path }) => /^[dDvqQCL]/.test(type) && path === home) ||
    host.scripts.some(
      (script) =>
        script.text.includes(over.mountpoint) &&
        scriptCommands(script).some(
          ({ program, words }) =>
            /^(mkdir|install|cp|rsync|mkhomedir_helper|chown|mount|btrfs|zfs|bash|sh)$/.test(program) &&
            words.some(({ text }) => text.includes(over.mountpoint)),
        ),
    )
  );
}

/** Whether a login makes the home (pam_mkhomedir), or homes are no directories of NixOS. */
function mayMakeHomes({ config }: Host): boolean {
  const services = config.at("security", "pam", "services");
  const byLogin =
    services.isDefined() !== false &&
    childrenOf(services).some(({ node }) => node.child("makeHomeDir").isDefined() !== false);
  return byLogin || config.at("services", "homed", "enable").isDefined() !== false;
}
