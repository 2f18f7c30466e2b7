import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readString, readTexts } from "../../host/read-values.ts";

/** A line of /etc/crypttab, by which the running system opens a disk after the initrd. */
export interface CrypttabLine {
  readonly name: string;
  readonly device: string;
  /** The key file; undefined for `-` and `none`. */
  readonly key: string | undefined;
  readonly place: Place | undefined;
}

/** The lines of the crypttab that the configuration writes, as far as they are known. */
export function crypttabLines({ config }: Host): readonly CrypttabLine[] {
  const option = config.at("environment", "etc", "crypttab", "text");
  const text = option.isDefined() === false ? undefined : readString(option);
  if (!text?.known) return [];
  return text.value.split("\n").flatMap((line): CrypttabLine[] => {
    const [name, device, key] = line.trim().split(/\s+/);
    if (!name || name.startsWith("#") || !device) return [];
    return [{ name, device, key: key === "-" || key === "none" ? undefined : key, place: text.place }];
  });
}

/** Whether the initrd may open other encrypted disks than those that the configuration is seen to name. */
export function mayOpenOthers({ config }: Host): boolean {
  const initrd = config.at("boot", "initrd");
  const kernel = readTexts(config.at("boot", "kernelParams"));
  return (
    openOf(initrd.at("luks", "devices")) !== undefined ||
    kernel.open.length > 0 ||
    kernel.texts.some(({ text }) => /^(rd\.)?luks/.test(text)) ||
    initrd.at("systemd", "contents").isDefined() !== false ||
    childrenOf(initrd.at("luks", "devices")).some(({ certain }) => certain.answer !== "yes") ||
    config.at("services", "multipath").isDefined() !== false
  );
}
