import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { childrenOf, isNamed, openOf, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A disk is to be unlocked over ssh in the initrd, where nothing gives the host an address. */
export const initrdSshWithoutAddress = defineRule({
  code: "IMP324",
  name: "initrd-ssh-without-address",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const initrd = host.config.at("boot", "initrd");
    const enable = initrd.at("network", "ssh", "enable");
    if (flagOf(enable, false) !== true || mayBeSetElsewhere(host) || isHidden(host)) return;
    const network = flagOf(initrd.at("network", "enable"), false);
    const networkd = flagOf(initrd.at("systemd", "network", "enable"), network);
    if (network === undefined || networkd === undefined) return;
    if (!network && !networkd) {
      if (isNamed(initrd, "clevis")) return;
      report({
        at: setAt(enable),
        message:
          "`boot.initrd.network.ssh` is on, and the network of the initrd is not: no sshd is put into it, and nobody can unlock the disks from afar.",
        help: "Set boot.initrd.network.enable = true.",
        fixes: () =>
          offer(setOption(context, ["boot", "initrd", "network", "enable"], "true"), {
            title: "Set boot.initrd.network.enable = true",
            safety: "safe",
            preferred: true,
          }),
      });
      return;
    }
    const dhcp = dhcpOf(host);
    if (!dhcp || dhcp.isOn || hasOwnAddress(host)) return;
    const interfaces = childrenOf(host.config.at("networking", "interfaces"));
    const asks = interfaces.some(({ node }) => flagOf(node.child("useDHCP"), false) !== false);
    const isStatic = interfaces.some(({ node }) =>
      ["ipv4", "ipv6"].some((kind) => node.at(kind, "addresses").isDefined() !== false),
    );
    const systemd = usesSystemdInitrd(host.config, host.release).answer;
    // Only networkd of the initrd reads the addresses of `networking.interfaces`, and only by this switch.
    if (asks || (isStatic && network && systemd !== "no")) return;
    const udhcpc = initrd.at("network", "udhcpc", "enable");
    if (systemd !== "yes" && flagOf(udhcpc, false) !== false) return;
    const option =
      systemd === "no"
        ? { path: ["boot", "initrd", "network", "udhcpc", "enable"], value: "true" }
        : { path: ["boot", "initrd", "systemd", "network", "networks", "10-ether"], value: NETWORK };
    report({
      at: setAt(enable),
      message: `sshd starts in the initrd, and no interface has an address there: ${dhcp.why}, there is no \`ip=\` on the kernel's command line, and ${isStatic ? "the addresses of `networking.interfaces` are set by the running system" : "what is said of the running system's network does not count in the initrd"}. Nobody can reach it to unlock the disks.`,
      help:
        systemd === "no"
          ? 'Set boot.initrd.network.udhcpc.enable = true, or give it an address: boot.kernelParams = [ "ip=192.0.2.5::192.0.2.1:255.255.255.0:host:eth0:off" ].'
          : 'Say it for the initrd: boot.initrd.systemd.network.networks."10-ether" = { matchConfig.Type = "ether"; networkConfig.DHCP = "yes"; }, or with the address of the host.',
      related: [{ place: dhcp.place, message: dhcp.why }],
      fixes: () =>
        offer(setOption(context, option.path, option.value), {
          title: "Ask for an address by DHCP in the initrd",
          safety: "unsafe",
          note: "The network has to have a server for DHCP.",
        }),
    });
  },
});

const NETWORK = '{ matchConfig.Type = "ether"; networkConfig.DHCP = "yes"; }';

/** Whether part of what decides is not known. */
function isHidden({ config }: Host): boolean {
  const initrd = config.at("boot", "initrd");
  const nodes = [initrd, initrd.child("network"), initrd.child("systemd"), config.child("networking")];
  return [...nodes, config.at("networking", "interfaces"), initrd.at("systemd", "network")].some((node) =>
    openOf(node),
  );
}

/** A switch with its default; undefined where it is not known. */
function flagOf(node: OptionNode, usual: boolean | undefined): boolean | undefined {
  if (node.isDefined() === false) return usual;
  const flag = readBoolean(node);
  return flag ? (flag.known ? flag.value : undefined) : usual;
}

/** Whether all interfaces ask for an address, which NetworkManager switches off; undefined where it is not known. */
function dhcpOf({
  config,
}: Host): { readonly isOn: boolean; readonly why: string; readonly place: Place | undefined } | undefined {
  const networking = config.child("networking");
  const own = networking.child("useDHCP");
  const manager = networking.at("networkmanager", "enable");
  const isManaged = flagOf(manager, false);
  const isWireless = networking.at("wireless", "enable").isDefined() !== false;
  const isPlain = own.definitions().some(({ priority }) => priority <= 100);
  if (!isPlain && isManaged && !isWireless)
    return { isOn: false, why: "NetworkManager switches `networking.useDHCP` off", place: setAt(manager) };
  const isOn = flagOf(own, true);
  if (isOn === undefined || (!isPlain && isManaged !== false)) return undefined;
  return { isOn, why: "`networking.useDHCP` is off", place: setAt(own) };
}

/** An address on the command line, by networkd's files for the initrd, or by a script; also where that is not known. */
function hasOwnAddress({ config, scripts }: Host): boolean {
  const initrd = config.at("boot", "initrd");
  const params = readTexts(config.at("boot", "kernelParams"));
  if (params.open.length > 0 || params.texts.some(({ text }) => /^(ip|ifname|rd\.route)=/.test(text))) return true;
  if (initrd.at("systemd", "network", "networks").isDefined() !== false) return true;
  if (isNamed(initrd.child("network"), "ifstate")) return true;
  if (childrenOf(initrd.at("systemd", "contents")).some(({ name }) => name.includes("network"))) return true;
  const hook = initrd.at("network", "postCommands");
  const own = hook.isDefined() === false ? undefined : readString(hook);
  if (own && (!own.known || ADDRESSES.test(own.value))) return true;
  return scripts.some(({ option, text }) => option[0] === "boot" && option[1] === "initrd" && ADDRESSES.test(text));
}

const ADDRESSES = /\b(ip\s+(-\S+\s+)*a\w*|ifconfig|udhcpc|dhclient|dhcpcd|ipconfig|nmcli|wpa_supplicant|iwd)\b/;
