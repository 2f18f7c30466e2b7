import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readExplicitBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** Rules of iptables for a firewall that is made with nftables, or the other way round. */
export const firewallRulesOfAnotherKind = defineRule({
  code: "IMP758",
  name: "firewall-rules-of-another-kind",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const firewall = host.config.at("networking", "firewall");
    if (firewall.isDefined() === false) return;
    const enabled = readBoolean(firewall.child("enable"));
    // The firewall is on where nobody switches it off.
    if (enabled && (!enabled.known || !enabled.value)) return;
    const kind = kindOf(host, firewall);
    if (!kind) return;
    const { isNftables, place } = kind;
    for (const name of isNftables ? OF_IPTABLES : OF_NFTABLES) {
      const rules = textAt(firewall.child(name));
      if (!rules) continue;
      report({
        at: rules.place,
        severity: isNftables ? "error" : "warning",
        message: isNftables
          ? `\`networking.firewall.${name}\` is for iptables, and the firewall is made with nftables here: NixOS refuses to build the host ("${name} is incompatible with the nftables based firewall").`
          : `\`networking.firewall.${name}\` is for nftables, and the firewall is made with iptables here: nothing reads these rules, and nothing says so.`,
        help: isNftables
          ? "Write them for nftables: networking.firewall.extraInputRules, extraForwardRules (with filterForward = true), or a table of your own in networking.nftables.tables."
          : "Set networking.nftables.enable = true, or write them for iptables in networking.firewall.extraCommands.",
        related: place ? [{ place, message: isNftables ? "nftables is switched on here" : "this decides" }] : [],
      });
    }
  },
});

const OF_IPTABLES = ["extraCommands", "extraStopCommands"];
const OF_NFTABLES = ["extraInputRules", "extraForwardRules", "extraReversePathFilterRules"];

/** What the firewall is certainly made with; newer releases have an option for it, which follows the other one. */
function kindOf(host: Host, firewall: OptionNode): { isNftables: boolean; place: Place | undefined } | undefined {
  const backend = firewall.child("backend");
  if (backend.isDefined() !== false) {
    const named = readString(backend);
    if (!named?.known || !/^(iptables|nftables)$/.test(named.value)) return undefined;
    return { isNftables: named.value === "nftables", place: named.place };
  }
  const option = host.config.at("networking", "nftables", "enable");
  const flag = readExplicitBoolean(option);
  if (flag?.known) return { isNftables: flag.value, place: setAt(option) };
  return flag || mayBeSetElsewhere(host) ? undefined : { isNftables: false, place: undefined };
}

/** The text of an option that somebody sets and that is not empty. */
function textAt(option: OptionNode): { place: Place | undefined } | undefined {
  const text = option.isDefined() === true ? readString(option) : undefined;
  return text?.known && text.value.trim() !== "" ? { place: setAt(option) ?? text.place } : undefined;
}
