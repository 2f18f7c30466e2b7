import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { expand } from "../../host/expand.ts";
import { readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** A partition with the filesystem of an EFI system partition, and the type of GRUB's BIOS boot partition. */
export const mistypedBootPartition = defineRule({
  code: "IMP212",
  name: "mistyped-boot-partition",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const { node, names, certain } of expand(context.host.config, [
      ...["disko", "devices", "disk", "*", "content", "partitions", "*"],
    ])) {
      const type = readString(node.child("type"));
      const format = readString(node.at("content", "format"));
      const mountpoint = readString(node.at("content", "mountpoint"));
      if (certain.answer === "no" || !type?.known || type.value.toUpperCase() !== "EF02") continue;
      if (!format?.known || !mountpoint?.known) continue;
      context.report({
        at: type.place,
        message: `\`${names[1]}\` is mounted at \`${mountpoint.value}\`, and has the type \`EF02\` of a BIOS boot partition: the firmware does not look there for a boot loader, \`bootctl\` refuses it, and GRUB, for which disko sets \`boot.loader.grub.devices\` by this type, writes its code over the filesystem.`,
        help: "An EFI system partition has the type `EF00`. A BIOS boot partition is 1 MiB large and has no content.",
        related: [{ place: mountpoint.place, message: "mounted here" }],
        fixes: () =>
          offer(replaceStringAt(context, type.place, "EF00"), {
            title: "Make it an EFI system partition (EF00)",
            safety: "unsafe",
            note: "It takes effect at the next installation; on a host that is installed, sgdisk changes the type.",
          }),
      });
    }
  },
});
