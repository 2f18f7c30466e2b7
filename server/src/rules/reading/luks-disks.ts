import type { Place } from "../../eval/origin.ts";
import type { Host, Known } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A disk that the initrd opens as `/dev/mapper/<name>`. */
export interface LuksDisk {
  readonly name: string;
  readonly place: Place | undefined;
  /** Whether commands that free blocks pass it; undefined when it is not known. */
  readonly passesDiscards: boolean | undefined;
  /** The option that would let them pass. */
  readonly option: readonly string[];
  /** The file that opens it. */
  readonly keyFile: Known<string> | undefined;
  /** What it is told in the words of crypttab(5), which systemd reads. */
  readonly crypttab: readonly { readonly text: string; readonly place: Place | undefined }[];
}

/** The encrypted disks of the initrd: those of `boot.initrd.luks.devices`, and those that disko opens. */
export function luksDisks({ config }: Host): readonly LuksDisk[] {
  const devices = config.at("boot", "initrd", "luks", "devices");
  const listed = childrenOf(devices).flatMap(({ name, node, certain }) =>
    certain.answer === "yes" ? [{ name, node, settings: node }] : [],
  );
  const ofDisko = childrenOf(config.at("disko", "devices", "disk"))
    .flatMap(({ node }) => luksContents(node.child("content"), 0))
    .flatMap((content) => {
      // Such a disk is opened in the running system.
      const early = readBoolean(content.child("initrdUnlock"));
      if (early && !(early.known && early.value)) return [];
      const name = readString(content.child("name"));
      return name?.known ? [{ name: name.value, node: content, settings: content.child("settings") }] : [];
    });
  // What disko opens may be set further in the list of the initrd.
  return [...listed, ...ofDisko].map(({ name, node, settings }) => ({
    name,
    place: nameAt(node),
    passesDiscards: anyOf([settings, ...listed.filter((one) => one.name === name).map((one) => one.settings)]),
    option: [...settings.path, "allowDiscards"],
    keyFile: isNamed(settings, "keyFile") ? readString(settings.child("keyFile")) : undefined,
    crypttab: readTexts(settings.child("crypttabExtraOpts")).texts,
  }));
}

function anyOf(settings: readonly OptionNode[]): boolean | undefined {
  const answers = settings.map(passesDiscards);
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function passesDiscards(settings: OptionNode): boolean | undefined {
  if (openOf(settings)) return undefined;
  const flag = isNamed(settings, "allowDiscards") ? readBoolean(settings.child("allowDiscards")) : undefined;
  if (flag?.known === false) return undefined;
  const { texts, open } = readTexts(settings.child("crypttabExtraOpts"));
  if (flag?.value || texts.some(({ text }) => text === "discard")) return true;
  return open.length > 0 ? undefined : false;
}

function luksContents(content: OptionNode, depth: number): OptionNode[] {
  const type = readString(content.child("type"));
  if (!type?.known || depth > 8) return [];
  const inner = childrenOf(content.child("partitions")).map(({ node }) => node.child("content"));
  const below = [content.child("content"), ...inner].flatMap((each) => luksContents(each, depth + 1));
  return type.value === "luks" ? [content, ...below] : below;
}
