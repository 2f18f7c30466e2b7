import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { nameAt, readString, setAt } from "../../host/read-values.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

/** An EFI system partition in an array whose metadata is at the beginning of the disks. */
export const bootPartitionInNewArray = defineRule({
  code: "IMP236",
  name: "boot-partition-in-new-array",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const { type, node, holder, device, certain } of diskoContents(host.config)) {
      if (type !== "filesystem" || certain.answer !== "yes" || !device.known || !/^\/dev\/md\//.test(device.value))
        continue;
      const format = readString(node.child("format"));
      const mountpoint = readString(node.child("mountpoint"));
      if (!format?.known || format.value !== "vfat" || !mountpoint?.known || !/^\/(boot|efi)/.test(mountpoint.value))
        continue;
      const option = holder.child("metadata");
      const metadata = option.isDefined() === false ? undefined : readString(option);
      if (metadata && !(metadata.known && /^(1|1\.1|1\.2|default)$/.test(metadata.value))) continue;
      const version = metadata ? `metadata \`${metadata.value}\`` : "no `metadata`, so that mdadm takes 1.2";
      report({
        at: setAt(option) ?? nameAt(holder) ?? nameAt(node),
        message: `The EFI system partition \`${mountpoint.value}\` is in an array with ${version}, which is at the beginning of the disks: the firmware knows nothing of arrays, finds no FAT filesystem there, and starts from neither disk.`,
        help: 'Set metadata = "1.0", which is at the end. On disks that are in use the array has to be made anew.',
        fixes: () =>
          offer(setOption(context, option.path, '"1.0"'), {
            title: 'Set metadata = "1.0"',
            safety: "unsafe",
            preferred: true,
            note: "It counts when disko formats the disks; an array that is there has to be made anew.",
          }),
      });
    }
  },
});
