import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { childrenOf, isNamed, openOf, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { personalMachine } from "../reading/personal-machine.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A server that reboots by itself, and asks for a passphrase on its console before it is up again. */
export const rebootToAPassphrase = defineRule({
  code: "IMP339",
  name: "reboot-to-a-passphrase",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const upgrade = host.config.at("system", "autoUpgrade");
    const reboots = upgrade.child("allowReboot");
    if (!isOn(upgrade.child("enable")) || !isOn(reboots)) return;
    if (personalMachine(host) || mayBeSetElsewhere(host) || mayUnlockItself(host)) return;
    const locked = lockedDisk(host) ?? lockedDataset(host);
    if (!locked) return;
    const ssh = host.config.at("boot", "initrd", "network", "ssh", "enable");
    if (isOn(ssh)) {
      report({
        at: setAt(reboots),
        severity: "information",
        message: `\`system.autoUpgrade\` may reboot the host when nobody is there, and ${locked.what} is opened by a passphrase that somebody has to type over ssh${locked.unless === undefined ? "" : ` (${locked.unless})`}: after an update of the kernel the host waits in the initrd, and all that it serves is away until someone sees it and logs in.`,
        help: "Let clevis or the TPM open the disk, let another machine log in and hand over the passphrase, or set allowReboot = false.",
        related: [
          { place: locked.place, message: "opened by a passphrase" },
          { place: setAt(ssh), message: "typed over ssh" },
        ],
      });
      return;
    }
    report({
      at: setAt(reboots),
      severity: locked.unless === undefined ? "warning" : "information",
      message: `\`system.autoUpgrade\` may reboot the host when nobody is there, and ${locked.what} is opened by a passphrase that somebody has to type on the console${locked.unless === undefined ? "" : ` (${locked.unless})`}: there is no sshd in the initrd, and neither a key, a TPM nor clevis is told to open it. After an update of the kernel the host waits at the prompt, and all that it serves is away until someone comes.`,
      help: "Let the initrd be reached (boot.initrd.network.ssh.enable), let clevis or the TPM open the disk, or set allowReboot = false.",
      related: [{ place: locked.place, message: "opened by a passphrase" }],
    });
  },
});

function isOn(node: OptionNode): boolean {
  const flag = node.isDefined() === false ? undefined : readBoolean(node);
  return flag?.known === true && flag.value;
}

/** Whether something other than sshd may open the disks without the console; also where it is not known. */
function mayUnlockItself({ config, units, scripts }: Host): boolean {
  const initrd = config.at("boot", "initrd");
  if (openOf(initrd) || openOf(initrd.child("luks"))) return true;
  const ssh = initrd.at("network", "ssh", "enable");
  if (mayBeOn(ssh) && !isOn(ssh)) return true;
  const switches = [
    ["clevis", "enable"],
    ["luks", "yubikeySupport"],
    ["luks", "gpgSupport"],
  ];
  const others = [...switches, ["luks", "fido2Support"], ["network", "openvpn", "enable"], ["network", "postCommands"]];
  if (others.some((path) => mayBeOn(initrd.at(...path)))) return true;
  if (
    units.some(
      ({ stage, name }) =>
        stage === "initrd" && /ssh|dropbear|tailscale|tor\b|clevis|tang|unlock|key|wireguard/i.test(name),
    )
  )
    return true;
  return scripts.some(
    ({ option, text }) =>
      option[0] === "boot" &&
      option[1] === "initrd" &&
      /\b(cryptsetup|load-key|askpass|sshd|dropbear|luksOpen)\b/.test(text),
  );
}

function mayBeOn(node: OptionNode): boolean {
  if (node.isDefined() === false) return false;
  const flag = readBoolean(node);
  return flag === undefined || !flag.known || flag.value;
}

interface Locked {
  readonly what: string;
  /** Why it may open after all. */
  readonly unless?: string;
  readonly place: Place | undefined;
}

/** What else than a passphrase opens a LUKS disk. */
const OTHER_KEYS = [
  ...["keyFile", "tryEmptyPassphrase", "gpgCard", "yubikey", "fido2", "preOpenCommands", "postOpenCommands"],
];

function lockedDisk(host: Host): Locked | undefined {
  const disk = luksDisks(host).find(
    ({ settings, devices }) =>
      devices.length > 0 && !devices.some((device) => /^\/dev\/(zram|loop)/.test(device)) && settings.every(hasNoKey),
  );
  if (!disk) return undefined;
  const what = `\`${disk.name}\``;
  // systemd also tries what is noted in the header of the disk.
  return usesSystemdInitrd(host.config, host.release).answer === "no"
    ? { what, place: disk.place }
    : { what, unless: "unless a TPM or a token is enrolled in its header", place: disk.place };
}

/** Whether nothing in the settings of a disk names another key, or may do so. */
function hasNoKey(settings: OptionNode): boolean {
  if (openOf(settings) !== undefined || OTHER_KEYS.some((name) => isNamed(settings, name))) return false;
  const { texts, open } = readTexts(settings.child("crypttabExtraOpts"));
  return open.length === 0 && !texts.some(({ text }) => /^(tpm2|fido2|pkcs11|try-empty|headless|keyfile)/.test(text));
}

/** A pool of disko's that the initrd imports, with a key that it asks for. */
function lockedDataset({ config, fileSystems }: Host): Locked | undefined {
  const credentials = config.at("boot", "zfs", "requestEncryptionCredentials");
  if (credentials.isDefined() !== false) {
    const flag = readBoolean(credentials);
    if (!flag?.known || !flag.value) return undefined;
  }
  const early = fileSystems.filter(
    ({ fsType, mountedInInitrd, certain }) =>
      certain.answer === "yes" && fsType.known && fsType.value === "zfs" && mountedInInitrd.answer === "yes",
  );
  for (const { name: pool, node, certain } of childrenOf(config.at("disko", "devices", "zpool"))) {
    if (certain.answer !== "yes") continue;
    const sets = childrenOf(node.child("datasets")).map((one) => ({
      dataset: `${pool}/${one.name}`,
      holder: one.node,
      options: one.node.child("options"),
    }));
    for (const { dataset, holder, options } of [
      { dataset: pool, holder: node, options: node.child("rootFsOptions") },
      ...sets,
    ]) {
      const isUsed = early.some(
        ({ device }) => device.known && (device.value === dataset || device.value.startsWith(`${dataset}/`)),
      );
      if (isUsed && asks(options, holder, node))
        return { what: `the dataset \`${dataset}\``, place: setAt(options.child("encryption")) };
    }
  }
  return undefined;
}

/** Whether the key of an encrypted dataset is asked for; hooks may change that after the installation. */
function asks(options: OptionNode, ...holders: readonly OptionNode[]): boolean {
  const text = (name: string) => (isNamed(options, name) ? readString(options.child(name)) : undefined);
  const encryption = text("encryption");
  if (!encryption?.known || encryption.value === "off" || openOf(options)) return false;
  const hooks = holders.flatMap((one) =>
    ["postCreateHook", "postMountHook"].flatMap((name) => (isNamed(one, name) ? [readString(one.child(name))] : [])),
  );
  const keyed = hooks.filter((hook) => hook && (!hook.known || /keylocation/.test(hook.value)));
  if (keyed.some((hook) => !hook?.known || !/keylocation=["']?prompt/.test(hook.value))) return false;
  const location = text("keylocation");
  return (
    keyed.length > 0 ||
    (location === undefined ? text("keyformat") !== undefined : location.known && location.value === "prompt")
  );
}
