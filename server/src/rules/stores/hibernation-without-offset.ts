import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { readString, readTexts } from "../../host/read-values.ts";
import { swapFiles } from "../reading/swap-files.ts";
import { defineRule } from "../rule.ts";

/** A host that resumes from its swap file by name, or from the filesystem around it without saying where in it the file is. */
export const hibernationWithoutOffset = defineRule({
  code: "IMP313",
  name: "hibernation-without-offset",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const resume = readString(host.config.at("boot", "resumeDevice"));
    if (!resume?.known || resume.value === "") return;
    if (isFile(resume.value)) {
      report({
        at: resume.place,
        severity: "warning",
        message: `\`boot.resumeDevice\` is \`${resume.value}\`, a file: the initrd waits for a device of that name, which never comes, and the host boots as if it had been switched off. All that was open is lost.`,
        help: 'Name the device of the filesystem that holds the file (not of the file), and where it begins there: boot.kernelParams = [ "resume_offset=…" ].',
      });
      return;
    }
    if (mayHaveOffset(host)) return;
    const file = swapFiles(host).find(({ path }) => {
      const device = host.fileSystemAt(path)?.device;
      return device?.known && device.value === resume.value;
    });
    if (!file) return;
    const systemd = usesSystemdInitrd(host.config, host.release).answer;
    report({
      at: resume.place,
      severity: systemd === "no" ? "warning" : "information",
      message: `The host resumes from \`${resume.value}\`, which is the filesystem of the swap file \`${file.path}\`: without \`resume_offset=\` the kernel looks for the image at the start of the device and finds none. ${
        systemd === "no"
          ? "The host boots as if it had been switched off, and all that was open is lost."
          : "systemd in the initrd finds the file by an EFI variable that it sets when it goes to sleep; without EFI, and with the scripted initrd, the host boots as if it had been switched off."
      }`,
      help: `Read the offset once (\`btrfs inspect-internal map-swapfile -r ${file.path}\`, on other filesystems the first physical_offset of \`filefrag -v\`), and set boot.kernelParams = [ "resume_offset=…" ]. A file that is made anew has another one.`,
      related: [{ place: file.place, message: "the swap file" }],
    });
  },
});

/** Devices are below /dev, or named by a tag such as `LABEL=swap`. */
function isFile(text: string): boolean {
  return text.startsWith("/") && !text.startsWith("/dev/");
}

function mayHaveOffset({ config }: Host): boolean {
  const { texts, open } = readTexts(config.at("boot", "kernelParams"));
  return open.length > 0 || texts.some(({ text }) => /^resume_offset=/.test(text));
}
