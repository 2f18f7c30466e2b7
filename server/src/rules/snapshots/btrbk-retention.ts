import type { Known } from "../../host/host.ts";
import { childrenOf, nameAt, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { parseBtrbkPreserve, parseBtrbkPreserveMin } from "../../shell/retention-tools.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A policy of btrbk that deletes nothing, or that btrbk does not take. */
export const btrbkRetention = defineRule({
  code: "IMP607",
  name: "btrbk-retention",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const { node } of childrenOf(context.host.config.at("services", "btrbk", "instances"))) {
      checkSection(context, node.child("settings"), { snapshot: undefined, target: undefined });
    }
  },
});

type Minimum = Known<string> | undefined;
type Minima = Readonly<Record<"snapshot" | "target", Minimum>>;

function checkSection(context: RuleContext, section: OptionNode, inherited: Minima): void {
  const minima: Minima = {
    snapshot: readString(section.child("snapshot_preserve_min")) ?? inherited.snapshot,
    target: readString(section.child("target_preserve_min")) ?? inherited.target,
  };
  for (const kind of ["snapshot", "target"] as const) checkPolicy(context, section, kind, minima[kind]);
  for (const name of ["volume", "subvolume"]) {
    for (const { node } of childrenOf(section.child(name))) checkSection(context, node, minima);
  }
}

function checkPolicy(context: RuleContext, section: OptionNode, kind: "snapshot" | "target", minimum: Minimum): void {
  const least = section.child(`${kind}_preserve_min`);
  const own = readString(least);
  const parsedLeast = own?.known ? parseBtrbkPreserveMin(own.value, kind) : undefined;
  const refuse = (option: string, node: OptionNode, message: string) =>
    context.report({
      at: nameAt(node),
      severity: "error",
      message: `btrbk refuses \`${option}\`: ${message} NixOS tries the settings when it builds the host, so the build fails.`,
      help: `Write for example ${kind}_preserve_min = "2d" and ${kind}_preserve = "14d 4w 6m".`,
    });
  if (parsedLeast?.ok === false) refuse(`${kind}_preserve_min`, least, parsedLeast.message);
  const node = section.child(`${kind}_preserve`);
  const policy = readString(node);
  if (!policy?.known) return;
  const parsed = parseBtrbkPreserve(policy.value);
  if (!parsed.ok) {
    refuse(`${kind}_preserve`, node, parsed.message);
    return;
  }
  const isAll = minimum === undefined || (minimum.known && minimum.value.trim() === "all");
  if (!isAll) return;
  context.report({
    at: nameAt(node),
    message: `btrbk keeps every ${kind === "snapshot" ? "snapshot" : "backup"}: \`${kind}_preserve\` has no effect while \`${kind}_preserve_min\` is “all”${minimum ? "" : ", its default"}. Their number grows until the disk is full.`,
    help: `Set ${kind}_preserve_min = “latest”, or how long all of them are kept (“2d”).`,
    related: [{ place: minimum?.place, message: "the minimum is set here" }],
  });
}
