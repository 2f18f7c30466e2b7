import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { childrenOf, readBoolean, readTexts } from "../../host/read-values.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** A shell of root without a password in an initrd that opens the disk without anybody. */
export const openEmergencyShell = defineRule({
  code: "IMP331",
  name: "open-emergency-shell",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const shell = shellOf(host);
    const unlock = shell && unattended(host);
    if (!shell || !unlock) return;
    report({
      at: shell.place,
      message: `\`${shell.text}\` gives whoever sits at the machine a shell of root in the initrd, without a password, and ${unlock.by} opens \`${unlock.disk}\` without anybody${unlock.unless}. A thief only has to make a later step of the boot fail, and has all that is on the disk.`,
      help: shell.help,
      related: [{ place: unlock.place, message: "it opens by itself" }],
    });
  },
});

interface Shell {
  readonly text: string;
  readonly place: Place | undefined;
  readonly help: string;
}

/** What gives a shell to anybody. */
function shellOf({ config, release }: Host): Shell | undefined {
  if (usesSystemdInitrd(config, release).answer !== "yes") return undefined;
  const access = config.at("boot", "initrd", "systemd", "emergencyAccess");
  const flag = access.isDefined() === true ? readBoolean(access) : undefined;
  if (flag?.known && flag.value)
    return {
      text: `${access.path.join(".")} = true`,
      place: flag.place,
      help: 'Give it the hash of a password instead (boot.initrd.systemd.emergencyAccess = "$y$…", of mkpasswd), set it only while you look for a mistake, or let the disk ask for a PIN.',
    };
  const parameter = readTexts(config.at("boot", "kernelParams")).texts.find(
    ({ text, certain }) => certain.answer === "yes" && SHELLS.test(text),
  );
  return (
    parameter && {
      text: parameter.text,
      place: parameter.place,
      help: "Take the parameter away when the mistake is found.",
    }
  );
}

/** Parameters by which systemd starts a shell, or lets anybody into the one for emergencies. */
const SHELLS =
  /^((rd\.)?systemd\.debug[_-]shell(=(1|yes|true|on))?|systemd\.setenv=SYSTEMD_SULOGIN_FORCE=(1|yes|true|on))$/;

interface Unlock {
  readonly disk: string;
  readonly by: string;
  readonly unless: string;
  readonly place: Place | undefined;
}

/** A disk that is opened by the machine itself. */
function unattended(host: Host): Unlock | undefined {
  const clevis = host.config.at("boot", "initrd", "clevis");
  const isOn = readBoolean(clevis.child("enable"));
  const bound = isOn?.known && isOn.value ? childrenOf(clevis.child("devices")) : [];
  const first = bound.find(({ certain }) => certain.answer === "yes");
  if (first)
    return {
      disk: first.name,
      by: "clevis",
      unless: ", unless its key is bound to a server that only your network reaches",
      place: isOn?.place,
    };
  for (const { name, crypttab } of luksDisks(host)) {
    const tpm = crypttab.find(({ text }) => /^tpm2-device=./.test(text));
    if (!tpm || crypttab.some(({ text }) => /^tpm2-pin=(1|y|yes|t|true|on)$/.test(text))) continue;
    return { disk: name, by: "the TPM", unless: ", unless its key was enrolled with a PIN", place: tpm.place };
  }
  return undefined;
}
