import { isMade, isPutThere } from "../reading/made-files.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";
import { includedFiles } from "./included-files.ts";
import { mountSecrets } from "./mount-secrets.ts";
import { namedFiles } from "./named-files.ts";

/** A file that a service is told to read, made by nobody, on the root that is wiped. */
export const fileOnWipedRoot = defineRule({
  code: "IMP803",
  name: "file-on-wiped-root",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (isStateless(host)) return;
    const said = new Set<string>();
    const included = includedFiles(host);
    for (const file of [...namedFiles(host), ...mountSecrets(host), ...included]) {
      const { path, option, place } = file;
      if (/^\/(run|nix|dev|proc|sys|tmp)(\/|$)/.test(path) || said.has(path)) continue;
      const loss = uncoveredLoss(host, path);
      if (loss.lost !== "yes" || (file.needs ? isPutThere : isMade)(host, path)) continue;
      said.add(path);
      const isSilent = included.some((one) => one === file && one.isSilent);
      const effect = isSilent
        ? "what it says is left out then, without a word"
        : file.needs
          ? "the filesystem cannot be mounted after that"
          : "what needs it fails";
      report({
        at: place,
        message: `\`${path}\`, which \`${option}\` names, is ${whereInWords(loss)}, and nothing in the configuration makes it: it ${lossInWords(loss)}, and ${effect}.`,
        help: "Keep the file in the store and name it by its path there, or let agenix or sops-nix provide it.",
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});
