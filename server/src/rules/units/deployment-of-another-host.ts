import { defineRule } from "../rule.ts";

/** A node of deploy-rs with the name of one host that activates the configuration of another. */
export const deploymentOfAnotherHost = defineRule({
  code: "IMP757",
  name: "deployment-of-another-host",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const { address, from, place, insteadOf } of host.targets) {
      if (!insteadOf) continue;
      const { name } = insteadOf;
      const node = from.replace(/\.hostname$/, "");
      report({
        at: insteadOf.place ?? place,
        message: `\`${node}\` (\`${address}\`) is given the configuration of \`${host.name}\`, and the flake has one of \`${name}\`. The machine gets disks, names and secrets of \`${host.name}\`: its filesystems are not found at the next boot, and what is encrypted for its own key cannot be decrypted.`,
        help: `Activate self.nixosConfigurations.${name} there.`,
        related: [{ place, message: "the machine that it is deployed to" }],
      });
    }
  },
});
