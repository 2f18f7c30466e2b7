import { readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** A deployment that logs in as root, to a host whose sshd refuses root. */
export const deploymentAsRefusedRoot = defineRule({
  code: "IMP740",
  name: "deployment-as-refused-root",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const openssh = host.config.at("services", "openssh");
    if (openssh.isDefined() === false) return;
    const setting = [openssh.at("settings", "PermitRootLogin"), openssh.child("permitRootLogin")].find(
      (node) => node.isDefined() === true,
    );
    const permitted = setting && readString(setting);
    if (!permitted?.known || permitted.value !== "no") return;
    // A block for certain hosts may allow what is refused in general.
    const extra =
      openssh.child("extraConfig").isDefined() === false ? undefined : readString(openssh.child("extraConfig"));
    if (extra && (!extra.known || /\bMatch\b|PermitRootLogin/i.test(extra.value))) return;
    for (const { user, from, place } of host.targets) {
      // colmena takes root where nobody says who; deploy-rs takes whoever deploys.
      const isDefault = from === "deployment.targetHost" && isUnset(host.config.at("deployment", "targetUser"));
      const isRoot = user === "root" || (user === undefined && isDefault);
      if (!isRoot) continue;
      report({
        at: permitted.place,
        message: `sshd refuses root (\`PermitRootLogin = "no"\`), and \`${from.replace(/\.hostname$/, "")}\` deploys to this host as root${user === undefined ? ", its default" : ""}. Once this configuration runs, no further deployment gets in${from.startsWith("deploy.") ? ", and deploy-rs, which logs in again to confirm, takes this one back" : ""}.`,
        help: 'Deploy as another user who may use sudo without a password, or set PermitRootLogin = "prohibit-password".',
        related: [{ place, message: "deployed from here" }],
      });
    }
  },
});

function isUnset(node: OptionNode): boolean {
  return node.isDefined() === false;
}
