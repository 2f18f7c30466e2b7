import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { isNamed, readBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** Options of encrypted disks that only one of the two kinds of initrd has; NixOS refuses to build with the other. */
export const scriptedLuksOption = defineRule({
  code: "IMP330",
  name: "scripted-luks-option",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const { answer } = usesSystemdInitrd(host.config, host.release);
    if (answer === "unknown") return;
    const found = answer === "yes" ? scriptedOptions(host) : systemdOptions(host);
    const switched = host.config.at("boot", "initrd", "systemd", "enable");
    const isSet = switched.isDefined() !== false;
    for (const { name, place, help } of found) {
      report({
        at: place,
        message: `\`${name}\` is ${answer === "yes" ? `only for the scripted initrd, and this host has systemd in its initrd${isSet ? "" : ` (the default since NixOS 26.05; this is ${host.release.nixos})`}` : "only for an initrd with systemd, and this host has the scripted one"}. NixOS refuses to build it.`,
        help,
        related: [{ place: isSet ? setAt(switched) : undefined, message: "what runs the initrd is decided here" }],
      });
    }
  },
});

interface Refused {
  readonly name: string;
  readonly place: Place | undefined;
  readonly help: string;
}

const TOKENS: Readonly<Record<string, string>> = {
  fido2Support:
    'Leave it out, with the `fido2` of the disk. Put the token into the header once (systemd-cryptenroll --fido2-device=auto DEVICE), and say so: boot.initrd.luks.devices.NAME.crypttabExtraOpts = [ "fido2-device=auto" ];',
  gpgSupport: "Leave it out: systemd opens no disk with a GPG card. systemd-cryptenroll takes FIDO2, PKCS#11 and TPM.",
  yubikeySupport:
    "Leave it out: systemd does not do the challenge of a YubiKey. Most YubiKeys do FIDO2, which systemd-cryptenroll can enrol.",
};

function scriptedOptions(host: Host): Refused[] {
  const disks = luksDisks(host);
  // Without an encrypted disk nobody looks at them.
  if (disks.length === 0) return [];
  const luks = host.config.at("boot", "initrd", "luks");
  const tokens = Object.entries(TOKENS).flatMap(([name, help]) => refused(luks, name, isTrue, help));
  const reuse = refused(luks, "reusePassphrases", isSetAtAll, "Leave it out: systemd tries a passphrase on all disks.");
  const ofDisks = disks.flatMap(({ settings }) =>
    settings.flatMap((one) => [
      ...refused(one, "fallbackToPassword", isTrue, "Leave it out: systemd asks for the passphrase anyway."),
      ...refused(one, "preLVM", isFalse, "Leave it out: systemd opens a disk when its device is there."),
      ...["preOpenCommands", "postOpenCommands"].flatMap((name) =>
        refused(
          one,
          name,
          isText,
          "Make it a unit of the initrd (boot.initrd.systemd.services) that is before cryptsetup-pre.target or after cryptsetup.target.",
        ),
      ),
    ]),
  );
  return [...tokens, ...reuse, ...ofDisks];
}

function systemdOptions(host: Host): Refused[] {
  return luksDisks(host).flatMap(({ settings }) =>
    settings.flatMap((one) =>
      refused(
        one,
        "keyFileTimeout",
        isSetAtAll,
        "Leave it out, with fallbackToPassword = true; or set boot.initrd.systemd.enable.",
      ),
    ),
  );
}

function refused(group: OptionNode, name: string, isWrong: (node: OptionNode) => boolean, help: string): Refused[] {
  if (!isNamed(group, name)) return [];
  const node = group.child(name);
  return node.isDefined() === true && isWrong(node) ? [{ name: node.path.join("."), place: setAt(node), help }] : [];
}

function isTrue(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}

function isFalse(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && !flag.value;
}

function isText(node: OptionNode): boolean {
  const text = readString(node);
  return text?.known === true && text.value !== "";
}

function isSetAtAll(node: OptionNode): boolean {
  return node.value() !== null;
}
