import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { openOf, readBoolean, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A disk that a server of Tang is to open, in an initrd without a network. */
export const tangWithoutNetwork = defineRule({
  code: "IMP354",
  name: "tang-without-network",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const initrd = host.config.at("boot", "initrd");
    const tang = initrd.at("clevis", "useTang");
    if (flagOf(initrd.at("clevis", "enable")) !== true || flagOf(tang) !== true) return;
    const network = initrd.child("network");
    const networkd = initrd.at("systemd", "network");
    if ([initrd, network, initrd.child("systemd"), networkd].some((node) => openOf(node))) return;
    if (flagOf(network.child("enable")) !== false || flagOf(networkd.child("enable")) !== false) return;
    if (mayBeSetElsewhere(host)) return;
    report({
      at: setAt(tang),
      message:
        "A server of Tang is to open the disks of this host, and its initrd has no network: clevis reaches nobody, and every boot waits for the passphrase.",
      help: "Set boot.initrd.network.enable = true, and put the driver of the network card into boot.initrd.availableKernelModules.",
      fixes: () =>
        offer(setOption(context, ["boot", "initrd", "network", "enable"], "true"), {
          title: "Set boot.initrd.network.enable = true",
          safety: "unsafe",
          preferred: true,
          note: "The driver of the network card has to be in the initrd as well, and the network has to have a server for DHCP.",
        }),
    });
  },
});

/** A switch that is off by default; undefined where it is not known. */
function flagOf(node: OptionNode): boolean | undefined {
  if (node.isDefined() === false) return false;
  const flag = readBoolean(node);
  return flag === undefined ? false : flag.known ? flag.value : undefined;
}
