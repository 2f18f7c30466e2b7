import type { Place } from "../../eval/origin.ts";
import type { Host, Known } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { diskoContents } from "./disko-contents.ts";

/** A disk that the initrd opens as `/dev/mapper/<name>`. */
export interface LuksDisk {
  readonly name: string;
  readonly place: Place | undefined;
  /** The partition or other device that is encrypted, by each name that it is given. */
  readonly devices: readonly string[];
  /** What has its options: entries of `boot.initrd.luks.devices`, `settings` of disko. */
  readonly settings: readonly OptionNode[];
  /** Whether commands that free blocks pass it; undefined when it is not known. */
  readonly passesDiscards: boolean | undefined;
  /** The option that would let them pass. */
  readonly option: readonly string[];
  /** The file that opens it. */
  readonly keyFile: Known<string> | undefined;
  /** Where that file is set: in `boot.initrd.luks.devices`, or in disko's layout, which hands it on. */
  readonly isKeyOfDisko: boolean;
  /** Whether the scripted initrd asks for a passphrase where the file is missing; undefined when it is not known. */
  readonly fallsBack: boolean | undefined;
  /** What it is told in the words of crypttab(5), which systemd reads. */
  readonly crypttab: readonly { readonly text: string; readonly place: Place | undefined }[];
}

/** One of the places where a disk is set. */
interface Part {
  readonly name: string;
  /** What stands for the disk. */
  readonly node: OptionNode;
  /** What has the options of `boot.initrd.luks.devices.<name>`. */
  readonly settings: OptionNode;
  /** It says which disk it is, or only adds to a disk that is named elsewhere. */
  readonly isWhole: boolean;
  readonly device: Known<string> | undefined;
}

/**
 * The encrypted disks of the initrd, each once: those of `boot.initrd.luks.devices`, and those that disko opens, whose
 * `settings` it hands on to the entry of that list with the same name.
 */
export function luksDisks({ config }: Host): readonly LuksDisk[] {
  const entries = childrenOf(config.at("boot", "initrd", "luks", "devices"));
  const listed = entries.flatMap(({ name, node, certain }): Part[] =>
    certain.answer === "yes"
      ? [{ name, node, settings: node, isWhole: isNamed(node, "device"), device: readString(node.child("device")) }]
      : [],
  );
  const ofDisko = diskoContents(config)
    .filter(({ type }) => type === "luks")
    .flatMap(({ node: content, device }): Part[] => {
      // Such a disk is opened in the running system.
      const early = readBoolean(content.child("initrdUnlock"));
      if (early && !(early.known && early.value)) return [];
      const name = readString(content.child("name"));
      const settings = content.child("settings");
      return name?.known ? [{ name: name.value, node: content, settings, isWhole: true, device }] : [];
    });
  const parts = new Map<string, Part[]>();
  for (const part of [...ofDisko, ...listed]) parts.set(part.name, [...(parts.get(part.name) ?? []), part]);
  const perhaps = new Set(entries.flatMap(({ name, certain }) => (certain.answer === "yes" ? [] : [name])));
  return [...parts].map(([name, all]) => diskOf(all, perhaps.has(name)));
}

/** A disk of all that is said of it. `mayHaveMore`: the configuration may set more of it. */
function diskOf(parts: readonly Part[], mayHaveMore: boolean): LuksDisk {
  const [{ name, node, settings }] = parts as readonly [Part];
  const all = parts.map((part) => part.settings);
  const passes = passesDiscards(all);
  const isAll = !mayHaveMore && parts.some(({ isWhole }) => isWhole);
  const keyFile = winning(all, "keyFile");
  return {
    name,
    place: nameAt(node),
    devices: [...new Set(parts.flatMap(({ device }) => (device?.known ? [device.value] : [])))],
    settings: all,
    passesDiscards: passes === false && !isAll ? undefined : passes,
    option: winning(all, "allowDiscards")?.path ?? [...settings.path, "allowDiscards"],
    keyFile: keyFile && readString(keyFile),
    isKeyOfDisko: keyFile?.path[0] === "disko",
    fallsBack: fallsBack(all),
    crypttab: all.flatMap((one) => readTexts(one.child("crypttabExtraOpts")).texts),
  };
}

function fallsBack(settings: readonly OptionNode[]): boolean | undefined {
  if (settings.some((one) => openOf(one) !== undefined)) return undefined;
  const flags = ["fallbackToPassword", "tryEmptyPassphrase"].flatMap((name) => {
    const option = winning(settings, name);
    return option ? [readBoolean(option)] : [];
  });
  return flags.some((flag) => flag?.known === false) ? undefined : flags.some((flag) => flag?.known && flag.value);
}

function passesDiscards(settings: readonly OptionNode[]): boolean | undefined {
  const option = winning(settings, "allowDiscards");
  const flag = option && readBoolean(option);
  const lists = settings.map((one) => readTexts(one.child("crypttabExtraOpts")));
  if (flag?.known && flag.value) return true;
  if (lists.some(({ texts }) => texts.some(({ text }) => text === "discard"))) return true;
  const isOpen = flag?.known === false || settings.some(openOf) || lists.some(({ open }) => open.length > 0);
  return isOpen ? undefined : false;
}

/** An option of a disk where it is set with the most force. */
function winning(settings: readonly OptionNode[], name: string): OptionNode | undefined {
  const set = settings.filter((one) => isNamed(one, name)).map((one) => one.child(name));
  const force = (node: OptionNode) => node.definitions()[0]?.priority ?? 100;
  return set.sort((a, b) => force(a) - force(b))[0];
}
