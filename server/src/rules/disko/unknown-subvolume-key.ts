import { findBinding } from "../../edits/attrs-edit.ts";
import { mergeEdits } from "../../edits/combine-plans.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { insertElement } from "../../edits/list-edit.ts";
import { expressionAt } from "../../edits/locate.ts";
import { quote } from "../../edits/nix-text.ts";
import { type FileEdits, setOption } from "../../edits/option-edit.ts";
import { removeBindingAt, replaceTextAt } from "../../edits/place-edit.ts";
import type { DiskoSubvolume } from "../../host/host.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { defineRule, type RuleContext } from "../rule.ts";

type UnknownKey = DiskoSubvolume["unknownKeys"][number];

const KEYS = ["name", "type", "extraArgs", "mountOptions", "mountpoint", "swap"];

/** A subvolume in disko has six options; anything else does not evaluate. */
export const unknownSubvolumeKey = defineRule({
  code: "IMP202",
  name: "unknown-subvolume-key",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const layout of context.host.layouts) {
      for (const subvolume of layout.subvolumes) {
        for (const key of subvolume.unknownKeys) {
          context.report({
            at: key.place ?? subvolume.place,
            message: `disko has no option \`${key.key}\` in a subvolume, so the configuration does not evaluate. It was passed over here.`,
            help: advice(subvolume, key),
            fixes: () => fixes(context, subvolume, key),
          });
        }
      }
    }
  },
});

function advice(subvolume: DiskoSubvolume, { key, value }: UnknownKey): string {
  const mountpoint = subvolume.mountpoint.known ? subvolume.mountpoint.value : undefined;
  switch (key) {
    case "compress":
      return `Compression is a mount option: mountOptions = [ "compress=${value.known ? value.value : "zstd"}" ];`;
    case "neededForBoot":
      return `neededForBoot belongs to the filesystem: fileSystems."${mountpoint ?? "/…"}".neededForBoot = true;`;
    case "options":
      return "disko calls them mountOptions.";
    case "label":
    case "btrfsConfig":
      return 'Give mkfs options to the btrfs content: extraArgs = [ "-L" "name" ];';
    default: {
      const near = nearestName(key, KEYS);
      return near ? `Did you mean \`${near}\`?` : `A subvolume takes ${KEYS.join(", ")}.`;
    }
  }
}

function fixes(context: RuleContext, subvolume: DiskoSubvolume, unknown: UnknownKey): readonly FixPlan[] {
  const { key, value, binding } = unknown;
  const removed = removeBindingAt(context, binding);
  if (!removed) return [];
  const mountpoint = subvolume.mountpoint.known ? subvolume.mountpoint.value : undefined;
  if (key === "compress" && value.known && typeof value.value === "string") {
    // Moved to where it counts, it would only contradict what the mount says.
    if (mountpoint && isNoCow(context, mountpoint)) {
      const title = "Remove it; `nodatacow` on this mount excludes compression";
      return offer(removed, { title, safety: "safe", preferred: true });
    }
    const option = `compress=${value.value}`;
    return offer(compressAsOption(context, subvolume, unknown, option), {
      title: `Move it to mountOptions as "${option}"`,
      safety: "safe",
      preferred: true,
    });
  }
  if (key === "neededForBoot" && value.known && value.value === true && typeof mountpoint === "string") {
    return offer(both(setOption(context, ["fileSystems", mountpoint, "neededForBoot"], "true"), removed), {
      title: `Move it to fileSystems."${mountpoint}".neededForBoot`,
      safety: "safe",
      preferred: true,
    });
  }
  if (key === "neededForBoot" && value.known && value.value === false) {
    return offer(removed, { title: "Remove it; false is the default", safety: "safe", preferred: true });
  }
  const rename = key === "options" && subvolume.mountOptions.length === 0 ? "mountOptions" : nearestName(key, KEYS);
  const renamed =
    rename && !isSet(context, subvolume, rename) ? replaceTextAt(context, unknown.place, key, rename) : undefined;
  return [
    ...offer(renamed, { title: `Rename it to \`${rename}\``, safety: "unsafe", preferred: true }),
    ...offer(removed, { title: `Remove \`${key}\``, safety: "unsafe" }),
  ];
}

function isNoCow({ host }: RuleContext, mountpoint: string): boolean {
  const fs = host.fileSystems.find((one) => one.mountpoint === mountpoint);
  return fs?.options.some(({ text, certain }) => certain && text.split(",").includes("nodatacow")) ?? false;
}

function both(first: FileEdits | undefined, second: FileEdits): FileEdits | undefined {
  return first && mergeEdits(first, second);
}

function isSet(context: RuleContext, subvolume: DiskoSubvolume, key: string): boolean {
  const set = bodyOf(context, subvolume);
  return set !== undefined && findBinding(set.attrs, [key]) !== undefined;
}

function addMountOption(context: RuleContext, subvolume: DiskoSubvolume, option: string): FileEdits | undefined {
  const set = bodyOf(context, subvolume);
  if (!set) return undefined;
  const { program, attrs } = set;
  const current = findBinding(attrs, ["mountOptions"]);
  if (current) {
    if (current.value.kind !== "list") return undefined;
    return new Map([[program.path, insertElement(program, current.value, quote(option))]]);
  }
  return undefined;
}

/** Adds to the mount options that are there, or puts new ones where the wrong key stood. */
function compressAsOption(
  context: RuleContext,
  subvolume: DiskoSubvolume,
  { binding, key }: UnknownKey,
  option: string,
): FileEdits | undefined {
  if (!binding) return undefined;
  if (isSet(context, subvolume, "mountOptions")) {
    const removed = removeBindingAt(context, binding);
    return removed && both(addMountOption(context, subvolume, option), removed);
  }
  const source = context.program(binding.file)?.text.slice(binding.start, binding.end);
  // A dotted or commented binding is left to the author.
  if (!source?.startsWith(key) || source.includes("#") || source.includes("/*")) return undefined;
  const text = `mountOptions = [ ${quote(option)} ];`;
  return new Map([[binding.file, [{ start: binding.start, end: binding.end, text }]]]);
}

function bodyOf(context: RuleContext, subvolume: DiskoSubvolume) {
  const place = subvolume.body;
  const program = place && context.program(place.file);
  const attrs = program && expressionAt(program, place);
  return program && attrs?.kind === "attrs" ? { program, attrs } : undefined;
}
