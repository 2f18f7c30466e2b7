import type { Place } from "../../eval/origin.ts";
import { childrenOf, nameAt, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Options without a default, by the type of what has them, with what needs them. */
const REQUIRED: Readonly<
  Record<string, readonly (readonly [option: string, example: string, when: "host" | "disk"])[]>
> = {
  luks: [["name", '"crypted"', "host"]],
  filesystem: [["format", '"ext4"', "host"]],
  bcachefs: [["filesystem", '"root"', "disk"]],
  zfs: [["pool", '"rpool"', "disk"]],
  mdraid: [["name", '"raid"', "disk"]],
  lvm_pv: [["vg", '"pool"', "disk"]],
};
const MAX_DEPTH = 8;

/** What disko needs and has no default for; it is noticed when the host is built, or only when the disk is formatted. */
export const missingDiskoOption = defineRule({
  code: "IMP209",
  name: "missing-disko-option",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const devices = context.host.config.at("disko", "devices");
    const pools = new Set(childrenOf(devices.child("bcachefs_filesystems")).map(({ name }) => name));
    const poolsOpen = devices.child("bcachefs_filesystems").open() !== undefined || devices.open() !== undefined;
    for (const group of ["disk", "mdadm"]) {
      for (const { node, certain } of childrenOf(devices.child(group))) {
        if (certain.answer === "yes") visit(context, node.child("content"), poolsOpen ? undefined : pools, 0);
      }
    }
    for (const { node } of childrenOf(devices.child("lvm_vg"))) {
      for (const { node: volume } of childrenOf(node.child("lvs"))) {
        visit(context, volume.child("content"), poolsOpen ? undefined : pools, 0);
      }
    }
    for (const { name, node, certain } of childrenOf(devices.child("nodev"))) {
      if (certain.answer === "yes" && isMissing(node, "fsType")) {
        reportMissing(context, nameAt(node), `\`disko.devices.nodev."${name}"\``, "fsType", '"tmpfs"', "host");
      }
    }
  },
});

function visit(context: RuleContext, content: OptionNode, pools: ReadonlySet<string> | undefined, depth: number): void {
  const type = readString(content.child("type"));
  if (depth > MAX_DEPTH || content.isDefined() === false || !type?.known) return;
  for (const [option, example, when] of REQUIRED[type.value] ?? []) {
    if (isMissing(content, option)) {
      reportMissing(context, type.place ?? nameAt(content), `this \`${type.value}\``, option, example, when);
    }
  }
  const pool = type.value === "bcachefs" ? readString(content.child("filesystem")) : undefined;
  if (pool?.known && pools && !pools.has(pool.value)) {
    context.report({
      at: pool.place,
      message: `There is no \`disko.devices.bcachefs_filesystems.${pool.value}\`, of which this disk shall be a part. Nothing notices before the disk is formatted: "No devices found for filesystem".`,
      help: `Declare disko.devices.bcachefs_filesystems.${pool.value}${pools.size > 0 ? `, or use ${[...pools].map((name) => `“${name}”`).join(", ")}` : ""}.`,
    });
  }
  visit(context, content.child("content"), pools, depth + 1);
  for (const { node, certain } of childrenOf(content.child("partitions"))) {
    if (certain.answer === "yes") visit(context, node.child("content"), pools, depth + 1);
  }
}

/** A value that cannot be seen is none that is missing. */
function isMissing(node: OptionNode, option: string): boolean {
  return node.open() === undefined && node.child(option).isDefined() === false;
}

function reportMissing(
  { report }: RuleContext,
  at: Place | undefined,
  what: string,
  option: string,
  example: string,
  when: "host" | "disk",
): void {
  report({
    at,
    message: `disko needs \`${option}\` for ${what}, and it has no default. ${
      when === "host" ? "The host does not evaluate" : "The host evaluates all the same, and formatting the disk fails"
    }: "The option … was accessed but has no value defined".`,
    help: `Set ${option} = ${example};`,
  });
}
