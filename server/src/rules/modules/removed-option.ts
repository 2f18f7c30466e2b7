import { type RemovedBranch, type RemovedOption, removedOptionTree } from "../../catalogue/removed-options.ts";
import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { bindingAt, isNamed, itemNode, nameAt, readBoolean, readItems, setAt } from "../../host/read-values.ts";
import { MergeNode } from "../../modules/merge-node.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { nixosContainers } from "../reading/nixos-containers.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Options that the host's release of NixOS does not have any more, and refuses. */
export const removedOption = defineRule({
  code: "IMP013",
  name: "removed-option",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const { settled } = host.release;
    if (settled === undefined || bringsModulesOfNixpkgs(host)) return;
    for (const found of removedBelow(host.config, settled)) say(context, found, "");
    for (const { name, node, config } of nixosContainers(host.config)) {
      // A container may be of another nixpkgs than its host.
      if (isNamed(node, "nixpkgs") || config.isDefined() !== true) continue;
      for (const found of removedBelow(config, settled)) say(context, found, ` in the container \`${name}\``);
    }
  },
});

interface Found {
  readonly node: OptionNode;
  readonly option: RemovedOption;
}

function say(context: RuleContext, { node, option }: Found, where: string): void {
  const { host, report } = context;
  report({
    at: nameAt(node) ?? setAt(node),
    message: `\`${option.option}\`${where} is an option that NixOS does not have any more: it was removed by ${option.by}, and ${releaseInWords(host)}. NixOS refuses to evaluate a host that sets it.`,
    help: option.drop ? `Leave it out. ${option.says}` : option.says,
    fixes: () =>
      option.drop
        ? offer(removeBindingAt(context, bindingAt(node)), {
            title: `Leave out ${option.option}`,
            safety: "safe",
            preferred: true,
          })
        : [],
  });
}

function releaseInWords({ release }: Host): string {
  if (release.settled === "newest") return "this host follows a rolling branch that nothing locks";
  if (release.nixos === undefined) return `system.stateVersion says that this host is of ${release.settled} or later`;
  return release.nixos === release.settled
    ? `this host is built with ${release.nixos}`
    : `this host is built with what came after ${release.settled}`;
}

/** Modules of another nixpkgs take the place of the host's own, together with the options that they have. */
function bringsModulesOfNixpkgs({ opaque }: Host): boolean {
  return opaque.some(({ name }) => /nixos\/modules\/(?!installer\/|profiles\/|virtualisation\/)/.test(name));
}

/** The removed options that certainly are set, and that the workspace does not declare itself. */
function removedBelow(config: OptionNode, settled: string): Found[] {
  const found: Found[] = [];
  const look = (node: OptionNode, { option, below }: RemovedBranch): void => {
    if (option) {
      if (option.by <= settled && isSet(node) && isMinded(config, node, option)) found.push({ node, option });
      return;
    }
    const any = below.get("*");
    if (any) {
      for (const item of readItems(node).items)
        if (item.certain.answer === "yes") look(itemNode(item, [...node.path, "*"]), any);
      return;
    }
    for (const { name, certain } of node.names()) {
      const branch = certain === true ? below.get(name) : undefined;
      if (branch) look(node.child(name), branch);
    }
  };
  // The configuration as a whole is not asked for its names: every edit would be one of it.
  for (const [name, branch] of removedOptionTree().below) {
    const group = config.child(name);
    if (group.isDefined() === true) look(group, branch);
  }
  return found;
}

/** A module that is on refuses its option when it holds anything; one that is gone as a whole always. */
function isMinded(config: OptionNode, node: OptionNode, { when }: RemovedOption): boolean {
  if (when === undefined) return true;
  if (node.value() === null) return false;
  const enabled = readBoolean(config.at(...when.split(".")));
  return enabled?.known === true && enabled.value;
}

function isSet(node: OptionNode): boolean {
  const isOwn = node instanceof MergeNode && node.isDeclared();
  return !isOwn && node.definitions().some(({ condition }) => condition === true);
}
