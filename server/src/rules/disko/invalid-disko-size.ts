import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { childrenOf, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A size that evaluates, and fails when the disk is formatted. */
export const invalidDiskoSize = defineRule({
  code: "IMP205",
  name: "invalid-disko-size",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const disk of childrenOf(context.host.config.at("disko", "devices", "disk"))) {
      for (const partition of childrenOf(disk.node.at("content", "partitions"))) {
        judge(context, partition.node.child("size"), "partition", /^(100%|[0-9]+[KMGTP]?)$/);
      }
    }
    for (const { path, subvolumes } of context.host.layouts) {
      for (const { name } of subvolumes) {
        for (const file of childrenOf(context.host.config.at(...path, name, "swap"))) {
          judge(context, file.node.child("size"), "swap file", /^([0-9]+[KMGTP])?$/);
        }
      }
    }
  },
});

function judge(context: RuleContext, node: OptionNode, what: string, valid: RegExp): void {
  const size = readString(node);
  if (!size?.known || valid.test(size.value)) return;
  const meant = suggest(size.value, what);
  context.report({
    at: size.place,
    message: `\`${size.value}\` is no size disko can use for a ${what}. NixOS does not notice, because the value is first read when disko formats the disk: installing fails there.`,
    help: meant
      ? `Write \`${meant}\`.`
      : `Write a whole number with K, M, G, T or P${what === "partition" ? ', or "100%" for all that is left' : ""}.`,
    fixes: () =>
      meant
        ? offer(replaceStringAt(context, size.place, meant), {
            title: `Change to "${meant}"`,
            safety: "unsafe",
            preferred: true,
          })
        : [],
  });
}

function suggest(text: string, what: string): string | undefined {
  if (what === "partition" && /^(max|rest|all|full)$/i.test(text.trim())) return "100%";
  const match = /^\s*(\d+)\s*([KMGTP])(?:i?B)?\s*$/i.exec(text);
  return match ? `${match[1]}${match[2]?.toUpperCase()}` : undefined;
}
