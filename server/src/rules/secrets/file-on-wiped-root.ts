import type { Place } from "../../eval/origin.ts";
import { expand } from "../../host/expand.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, itemNode, readItems, readString, readTexts } from "../../host/read-values.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";
import { FILE_OPTIONS } from "./file-options.ts";

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
    for (const { path, option, place } of [...namedFiles(host), ...keysOfDisks(host)]) {
      if (/^\/(run|nix|dev|proc|sys|tmp)(\/|$)/.test(path) || said.has(path)) continue;
      const loss = uncoveredLoss(host, path);
      if (loss.lost !== "yes" || isMade(host, path)) continue;
      said.add(path);
      report({
        at: place,
        message: `\`${path}\`, which \`${option}\` names, is ${whereInWords(loss)}, and nothing in the configuration makes it: it ${lossInWords(loss)}, and what needs it fails.`,
        help: "Keep the file in the store and name it by its path there, or let agenix or sops-nix provide it.",
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

interface NamedFile {
  readonly path: string;
  readonly option: string;
  readonly place: Place | undefined;
}

/** The files that options name by a text; a path literal is copied to the Nix store. */
function namedFiles({ config }: Host): NamedFile[] {
  const named = FILE_OPTIONS.flatMap((option) => {
    const path = option.split(".");
    const last = path.pop() ?? "";
    return expand(config, path).flatMap(({ node, certain }) => {
      if (certain.answer !== "yes" || node.child(last).isDefined() === false) return [];
      return filesOf(readTexts(node.child(last)).texts, [...node.path, last].join("."));
    });
  });
  const machines = config.at("nix", "buildMachines");
  const keys = readItems(machines).items.flatMap((item, index) => {
    const key = readString(itemNode(item, [...machines.path, String(index)]).child("sshKey"));
    return key?.known ? filesOf([{ text: key.value, place: key.place }], "nix.buildMachines") : [];
  });
  return [...named, ...keys];
}

function filesOf(texts: readonly { readonly text: string; readonly place: Place | undefined }[], option: string) {
  return texts
    .filter(({ text }) => text.startsWith("/") && !text.includes("*"))
    .map(({ text, place }) => ({ path: normalise(text), option, place }));
}

/** The key files of disks that are opened after the initrd: the third field of /etc/crypttab. */
function keysOfDisks({ config }: Host): NamedFile[] {
  const text = readString(config.at("environment", "etc", "crypttab", "text"));
  if (!text?.known) return [];
  return text.value.split("\n").flatMap((line) => {
    const [name, , key] = line.trim().split(/\s+/);
    if (!name || name.startsWith("#") || !key?.startsWith("/")) return [];
    return [{ path: normalise(key), option: "environment.etc.crypttab", place: text.place }];
  });
}

/** Whether a service keeps it as its own state, a tool of secrets puts it there, or tmpfiles or a script makes it. */
function isMade(host: Host, path: string): boolean {
  const secrets = [
    host.config.at("age", "secrets"),
    host.config.at("sops", "secrets"),
    host.config.at("sops", "templates"),
  ];
  return (
    host.services.some(({ state }) => state.some((own) => isAtOrBelow(path, own.path) || own.path === path)) ||
    secrets.some((set) =>
      childrenOf(set).some(({ node }) => {
        const own = readString(node.child("path"));
        return own !== undefined && (!own.known || normalise(own.value) === path);
      }),
    ) ||
    tmpfilesRules(host).some(({ type, path: made }) => /^[fFCLw]/.test(type) && isAtOrBelow(path, made)) ||
    host.scripts.some(({ text }) => text.includes(path))
  );
}
