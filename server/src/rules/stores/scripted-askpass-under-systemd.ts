import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { childrenOf, isNamed, openOf, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** Disks are unlocked from afar with a program that only the scripted initrd has. */
export const scriptedAskpassUnderSystemd = defineRule({
  code: "IMP380",
  name: "scripted-askpass-under-systemd",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (usesSystemdInitrd(host.config, host.release).answer !== "yes") return;
    const initrd = host.config.at("boot", "initrd");
    for (const { program, place, isShell } of calls(initrd)) {
      if (bringsAlong(initrd, program)) continue;
      report({
        at: place,
        message: isShell
          ? `\`${program}\` is a program of the scripted initrd, and this host has systemd in its initrd, without it: sshd refuses the login of an account whose shell does not exist, and nobody can unlock the disks from afar.`
          : `\`${program}\` is a program of the scripted initrd, and this host has systemd in its initrd, without it: "command not found", and whoever logs in to unlock the disks is not asked for a passphrase.`,
        help: `systemd's own is systemd-tty-ask-password-agent: ${isShell ? 'boot.initrd.systemd.users.root.shell = "/bin/systemd-tty-ask-password-agent";' : "call that instead"}.`,
        related: [
          {
            place: setAt(initrd.at("systemd", "enable")),
            message: "systemd is switched on in the initrd here",
          },
        ].filter((one) => one.place !== undefined),
        fixes: () =>
          isShell
            ? offer(replaceStringAt(context, place, AGENT), {
                title: "Ask with systemd-tty-ask-password-agent",
                safety: "safe",
                preferred: true,
              })
            : [],
      });
    }
  },
});

const AGENT = "/bin/systemd-tty-ask-password-agent";

/** Programs that NixOS puts into the scripted initrd alone. */
const SCRIPTED = /(?:^|[\s;&|"'`=(/])(cryptsetup-askpass)(?=$|[\s;&|"'`)])/;
/** Shells of the scripted initrd alone. */
const SHELL = /^\/bin\/(cryptsetup-askpass|ash|busybox)$/;

interface Call {
  readonly program: string;
  readonly place: Place | undefined;
  readonly isShell: boolean;
}

/** What a login over ssh starts: the shell of root, the command of a key, and root's profile. */
function calls(initrd: OptionNode): Call[] {
  const ssh = initrd.at("network", "ssh");
  const enabled = readBoolean(ssh.child("enable"));
  if (enabled?.known !== true || !enabled.value) return [];
  const shells = [ssh.child("shell"), initrd.at("systemd", "users", "root", "shell")].flatMap((option): Call[] => {
    const shell = option.isDefined() === true ? readString(option) : undefined;
    const program = shell?.known ? SHELL.exec(shell.value)?.[1] : undefined;
    return program === undefined ? [] : [{ program, place: shell?.place, isShell: true }];
  });
  const keys = readTexts(ssh.child("authorizedKeys")).texts.flatMap(({ text, place, certain }): Call[] => {
    const program = SCRIPTED.exec(/^[^#]*?command="((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "")?.[1];
    return program === undefined || certain.answer !== "yes" ? [] : [{ program, place, isShell: false }];
  });
  const profiles = childrenOf(initrd.at("systemd", "contents")).flatMap(({ name, node, certain }): Call[] => {
    const text = /^\/root\/\.(bash_)?profile$/.test(name) ? readString(node.child("text")) : undefined;
    const program = text?.known ? SCRIPTED.exec(text.value)?.[1] : undefined;
    return program === undefined || certain.answer !== "yes" ? [] : [{ program, place: text?.place, isShell: false }];
  });
  return [...shells, ...keys, ...profiles];
}

/** Whether the host puts a program of that name into its initrd, or may. */
function bringsAlong(initrd: OptionNode, program: string): boolean {
  const systemd = initrd.child("systemd");
  const bin = systemd.child("extraBin");
  const lists = ["initrdBin", "storePaths"].map((name) => readTexts(systemd.child(name)));
  return (
    openOf(bin) !== undefined ||
    isNamed(bin, program) ||
    isNamed(systemd.child("contents"), `/bin/${program}`) ||
    lists.some(
      ({ open, texts }) => open.length > 0 || texts.some(({ text }) => /busybox/.test(text) || text.includes(program)),
    )
  );
}
