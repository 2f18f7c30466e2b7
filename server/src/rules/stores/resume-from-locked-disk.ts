import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readString, readTexts } from "../../host/read-values.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** A host that looks for its sleeping system on the encrypted partition instead of in the opened one. */
export const resumeFromLockedDisk = defineRule({
  code: "IMP332",
  name: "resume-from-locked-disk",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const { device, option, place, isOption } of resumeDevices(host)) {
      const disk = luksDisks(host).find(({ devices }) => devices.includes(device));
      if (!disk) continue;
      const opened = `/dev/mapper/${disk.name}`;
      report({
        at: place,
        message: `By \`${option}\` the host resumes from \`${device}\`, which is encrypted: what is found there is a header of LUKS, and no swap. The hibernated system is in \`${opened}\`, and is thrown away at every boot, with all that was open.`,
        help: `Name the opened disk: ${opened}.`,
        related: [{ place: disk.place, message: `it is opened as \`${disk.name}\`` }],
        fixes: () =>
          isOption
            ? offer(replaceStringAt(context, place, opened), {
                title: `Resume from ${opened}`,
                safety: "unsafe",
                preferred: true,
                note: "What is opened has to be the swap, or hold the swap file.",
              })
            : [],
      });
    }
  },
});

interface Resume {
  readonly device: string;
  readonly option: string;
  readonly place: Place | undefined;
  /** Whether the text is the device and nothing else. */
  readonly isOption: boolean;
}

function resumeDevices({ config }: Host): Resume[] {
  const option = config.at("boot", "resumeDevice");
  const set = option.isDefined() === true ? readString(option) : undefined;
  const own: Resume[] = set?.known
    ? [{ device: set.value, option: "boot.resumeDevice", place: set.place, isOption: true }]
    : [];
  const parameters = readTexts(config.at("boot", "kernelParams")).texts.flatMap(
    ({ text, place, certain }): Resume[] => {
      const device = /^resume=(\/dev\/.+)$/.exec(text)?.[1];
      return device !== undefined && certain.answer === "yes"
        ? [{ device, option: "resume=", place, isOption: false }]
        : [];
    },
  );
  return [...own, ...parameters];
}
