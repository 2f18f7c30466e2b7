import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A tmpfs is made with mode 1777 unless an option says otherwise, which is no mode for `/`. */
export const worldWritableRoot = defineRule({
  code: "IMP110",
  name: "world-writable-root",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const root = host.fileSystemAt("/");
    if (root?.mountpoint !== "/" || root.certain.answer !== "yes" || root.optionsOpen !== undefined) return;
    if (!root.fsType.known || root.fsType.value !== "tmpfs") return;
    const modes = splitOptions(root.options).filter(({ text }) => text.startsWith("mode="));
    if (modes.some(({ certain }) => !certain)) return;
    const last = modes.at(-1);
    const octal = last ? Number.parseInt(last.text.slice("mode=".length), 8) : 0o1777;
    if (Number.isNaN(octal) || (octal & 0o022) === 0 || isSetLater(host)) return;
    const mode = octal.toString(8);
    context.report({
      at: last?.place ?? root.place,
      message: last
        ? `\`${last.text}\` lets others than root write to \`/\`. sshd then refuses the keys in \`/etc/ssh/authorized_keys.d\`: "bad ownership or modes for directory /".`
        : `\`/\` is a tmpfs without \`mode=\`, which gives it mode ${mode}: every user may write to \`/\`, sshd refuses the keys in \`/etc/ssh/authorized_keys.d\` ("bad ownership or modes for directory /"), and Nix from 2.30 on refuses to build ("a parent directory is world-writable").`,
      help: 'Add "mode=755" to the options of the root.',
      fixes: () => {
        const title = "Set mode=755 on `/`";
        if (last) {
          return last.whole ? offer(replaceStringAt(context, last.place, "mode=755"), { title, safety: "safe" }) : [];
        }
        const option =
          root.declaredBy === "disko"
            ? ["disko", "devices", "nodev", "/", "mountOptions"]
            : ["fileSystems", "/", "options"];
        return offer(appendToListOption(context, option, ['"mode=755"']), { title, safety: "safe", preferred: true });
      },
    });
  },
});

/** Some give the root its mode after it is mounted, with a rule of tmpfiles or in a script. */
function isSetLater(host: Host): boolean {
  return (
    tmpfilesRules(host).some(
      ({ type, path, mode }) => path === "/" && /^[dDvqQezZm]/.test(type) && /\d/.test(mode ?? ""),
    ) ||
    host.scripts
      .filter(({ text }) => text.includes("chmod"))
      .some((script) =>
        scriptCommands(script).some(
          ({ program, words }) =>
            program === "chmod" && words.some(({ text }) => /^(\/|\/mnt-root\/?|\/sysroot\/?)$/.test(text)),
        ),
      )
  );
}
