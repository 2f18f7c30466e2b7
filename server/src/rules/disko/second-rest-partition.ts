import { childrenOf, isNamed, readString } from "../../host/read-values.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

/** Two partitions that are each to have all that is left of a disk. */
export const secondRestPartition = defineRule({
  code: "IMP214",
  name: "second-rest-partition",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const { type, node, certain } of diskoContents(host.config)) {
      if (type !== "gpt" || certain.answer !== "yes") continue;
      const rest = childrenOf(node.child("partitions")).flatMap(({ name, node: partition, certain: isThere }) => {
        // One with an end or a start of its own leaves something.
        if (isThere.answer !== "yes" || isNamed(partition, "end") || isNamed(partition, "start")) return [];
        const size = readString(partition.child("size"));
        return size?.known && size.value === "100%" ? [{ name, place: size.place }] : [];
      });
      const [first, ...others] = rest;
      if (!first) continue;
      for (const { name, place } of others) {
        report({
          at: place,
          message: `\`${first.name}\` and \`${name}\` are both to have 100%, which is all that is left of the disk. The one that is made first takes it, sgdisk finds no room for the other, and disko stops in the middle of formatting.`,
          help: `Give one of them a size ("200G"), or let the first end before the other begins (end = "-200G"; instead of size).`,
          related: [{ place: first.place, message: `\`${first.name}\` takes the rest as well` }],
        });
      }
    }
  },
});
