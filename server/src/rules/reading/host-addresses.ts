import { childrenOf, itemNode, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/**
 * The addresses that a configuration gives its own host, without their prefixes: `networking.interfaces` and networkd.
 * Those that every host has are none of them.
 */
export function addressesOf(config: OptionNode): ReadonlySet<string> {
  const interfaces = childrenOf(config.at("networking", "interfaces")).flatMap(({ node, certain }) =>
    certain.answer !== "yes"
      ? []
      : ["ipv4", "ipv6"].flatMap((family) => fieldsOf(node.at(family, "addresses"), ["address"])),
  );
  const networks = childrenOf(config.at("systemd", "network", "networks")).flatMap(({ node, certain }) =>
    certain.answer !== "yes"
      ? []
      : [
          ...readTexts(node.child("address")).texts.map(({ text }) => text),
          ...fieldsOf(node.child("addresses"), ["Address"], ["addressConfig", "Address"]),
          ...readTexts(node.at("networkConfig", "Address")).texts.map(({ text }) => text),
        ],
  );
  const all = [...interfaces, ...networks].map((text) => text.replace(/\/\d+$/, "").toLowerCase());
  return new Set(all.filter((text) => /^[\d.]+$|:/.test(text) && !/^(127\.|0\.0\.0\.0|::1?$|fe80:)/.test(text)));
}

/** What the elements of a list say at one of several places. */
function fieldsOf(list: OptionNode, ...ways: readonly (readonly string[])[]): readonly string[] {
  return readItems(list).items.flatMap((item) => {
    if (item.certain.answer !== "yes") return [];
    const node = itemNode(item, list.path);
    return ways.flatMap((way) => {
      const text = readString(node.at(...way));
      return text?.known ? [text.value] : [];
    });
  });
}
