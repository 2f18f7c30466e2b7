import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed } from "../../host/read-values.ts";
import type { Definition, OptionNode } from "../../modules/option-node.ts";
import { elementsOf, placeOfDefinition } from "../reading/why-not-kept.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** The priorities of a plain definition and of `mkDefault`. Source of truth: lib/modules.nix of nixpkgs. */
const PLAIN = 100;
const DEFAULT = 1000;

/** A list with `mkDefault`, of which nothing is left because others define the same list. */
export const droppedDefinition = defineRule({
  code: "IMP012",
  name: "dropped-definition",
  group: "modules",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const node of collections(host)) {
      const dropped = node.allDefinitions().filter(isDropped);
      const [winner] = node.definitions();
      if (dropped.length === 0 || !winner || winner.priority !== PLAIN || winner.condition !== true) continue;
      const option = node.path.join(".");
      const kept = node.definitions().flatMap(({ cell }) => elementsOf(cell));
      for (const definition of dropped) {
        const gone = elementsOf(definition.cell).filter((one) => !kept.includes(one));
        if (gone.length === 0) continue;
        const lost =
          node.path[1] === "persistence" || node.path[1] === "preserveAt" ? firstLost(host, gone) : undefined;
        const names = gone.slice(0, 3).map((one) => `\`${one}\``);
        report({
          at: placeOfDefinition(definition),
          severity: lost ? (lost.isReal ? "error" : "warning") : "warning",
          message: `Nothing of this definition is in effect: \`${option}\` is also defined without \`mkDefault\`, and then a list with \`mkDefault\` is dropped as a whole, not joined.`,
          help: `${names.join(", ")}${gone.length > 3 ? ` and ${gone.length - 3} more` : ""} ${gone.length > 1 ? "are" : "is"} missing.${lost ? ` \`${lost.path}\` ${lost.words}.` : ""} Remove \`mkDefault\`: lists of the same priority are joined. \`mkBefore\` puts elements first.`,
          related: [{ place: placeOfDefinition(winner), message: "this definition wins" }],
        });
      }
    }
  },
});

function isDropped({ priority, condition }: Definition): boolean {
  return priority === DEFAULT && condition === true;
}

/**
 * Lists to which every module adds its own, so that one that gives way to the others is a mistake. A list that stands for
 * one choice, such as name servers, is rightly given with `mkDefault`.
 */
function collections({ config, stores }: Host): OptionNode[] {
  const entries = stores.flatMap(({ option }) => {
    const store = config.at(...option);
    const users = isNamed(store, "users") ? childrenOf(store.child("users")).map(({ node }) => node) : [];
    return [store, ...users].flatMap((set) =>
      ["directories", "files"].filter((name) => isNamed(set, name)).map((name) => set.child(name)),
    );
  });
  return [...entries, ...ADDED_TO.map((path) => config.at(...path.split(".")))];
}

const ADDED_TO = ["systemd.tmpfiles.rules", "boot.zfs.extraPools", "services.btrfs.autoScrub.fileSystems"];

/** The first of the paths that is lost for this. */
function firstLost(host: Host, paths: readonly string[]) {
  for (const path of paths) {
    if (!path.startsWith("/")) continue;
    const loss = uncoveredLoss(host, path);
    if (loss.lost === "yes") return { path, words: lossInWords(loss), isReal: !loss.hypothetical };
  }
  return undefined;
}
