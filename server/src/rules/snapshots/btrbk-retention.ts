import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
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
  const refuse = (option: string, node: OptionNode, value: Known<string> | undefined, message: string) =>
    context.report({
      at: nameAt(node),
      severity: "error",
      message: `btrbk refuses \`${option}\`: ${message} NixOS tries the settings when it builds the host, so the build fails.`,
      help: `Write for example ${kind}_preserve_min = "2d" and ${kind}_preserve = "14d 4w 6m".`,
      fixes: () => {
        const meant = value?.known ? spacedOut(value.value) : undefined;
        return value && meant !== undefined
          ? offer(replaceStringAt(context, value.place, meant), { title: `Write "${meant}"`, safety: "safe" })
          : [];
      },
    });
  if (parsedLeast?.ok === false) refuse(`${kind}_preserve_min`, least, own, parsedLeast.message);
  const node = section.child(`${kind}_preserve`);
  const policy = readString(node);
  if (!policy?.known) return;
  const parsed = parseBtrbkPreserve(policy.value);
  if (!parsed.ok) {
    refuse(`${kind}_preserve`, node, policy, parsed.message);
    return;
  }
  const isAll = minimum === undefined || (minimum.known && minimum.value.trim() === "all");
  if (!isAll) return;
  context.report({
    at: nameAt(node),
    message: `btrbk keeps every ${kind === "snapshot" ? "snapshot" : "backup"}: \`${kind}_preserve\` has no effect while \`${kind}_preserve_min\` is “all”${minimum ? "" : ", its default"}. Their number grows until the disk is full.`,
    help: `Set ${kind}_preserve_min = “latest”, or how long all of them are kept (“2d”).`,
    related: [{ place: minimum?.place, message: "the minimum is set here" }],
    fixes: () => {
      const edits = minimum
        ? replaceStringAt(context, minimum.place, "latest")
        : setOption(context, [...section.path, `${kind}_preserve_min`], '"latest"');
      return offer(edits, {
        title: `Keep only what ${kind}_preserve says (${kind}_preserve_min = "latest")`,
        safety: "unsafe",
        note: "At its next run btrbk deletes all that the policy does not keep.",
      });
    },
  });
}

/** A list with commas as btrbk wants it, when nothing else is wrong with it. */
function spacedOut(text: string): string | undefined {
  const spaced = text.trim().replace(/\s*,\s*/g, " ");
  return spaced !== text && parseBtrbkPreserve(spaced).ok ? spaced : undefined;
}
