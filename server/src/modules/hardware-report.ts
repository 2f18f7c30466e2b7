import type { FileSource } from "../eval/file-source.ts";
import { NixPath, Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "./option-node.ts";

/** Where the path of the report is set: by NixOS' own module and by the one before it. */
const OPTIONS = [
  ["hardware", "facter", "reportPath"],
  ["facter", "reportPath"],
];

/** The platform that a report of nixos-facter names, which NixOS takes where nobody sets one. */
export function reportedPlatform(root: OptionNode, files: FileSource): Value | undefined {
  for (const path of OPTIONS) {
    const option = root.at(...path);
    if (option.isDefined() === false) continue;
    const file = option.value();
    return file instanceof Unknown ? file : systemIn(file instanceof NixPath ? file.path : file, files);
  }
  return undefined;
}

function systemIn(file: Value, files: FileSource): Value {
  const source = typeof file === "string" ? files.read(file) : undefined;
  // The report says it once, before the list of devices.
  const system = source && "text" in source ? /"system"\s*:\s*"([\w-]+)"/.exec(source.text)?.[1] : undefined;
  return system ?? new Unknown("the report of the hardware cannot be read");
}
