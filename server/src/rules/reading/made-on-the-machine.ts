import { parentPath } from "../../eval/path-name.ts";
import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { readString } from "../../host/read-values.ts";

/**
 * What says that a file which is not there is made on the machine, before its first build: as half a sentence, or
 * undefined. The hardware of a machine is written by nixos-generate-config.
 */
export function madeOnTheMachine(host: Host, file: string): string | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (!/hardware/i.test(name)) return undefined;
  const root = parentPath(host.entry);
  if (isOwnTemplate(host.beside(joinPath(root, "flake.nix")).text)) {
    return "The flake is a template of itself (`templates`), and whoever takes it has the file made";
  }
  const blank = placeholder(host);
  if (blank)
    return `\`${blank}\` stands for something that is filled in on the machine, where the file is made as well`;
  if (name !== "hardware-configuration.nix") return undefined;
  const folder = parentPath(file);
  const guide = guideWith(host, /\bnixos-generate-config\b/, folder);
  if (guide !== undefined) return `\`${guide}\` has nixos-generate-config make it on the machine`;
  const kept = KEEPERS.find((each) => host.beside(joinPath(folder, each)).state === "read");
  return kept && `The folder is kept for it (\`${kept}\`), and nixos-generate-config makes it on the machine`;
}

/** The text beside the configuration, at the top or in a folder, in which something stands. */
export function guideWith(host: Host, what: RegExp, folder?: string): string | undefined {
  const folders = new Set([...(folder === undefined ? [] : [folder]), parentPath(host.entry)]);
  return GUIDES.find((guide) => [...folders].some((at) => what.test(host.beside(joinPath(at, guide)).text ?? "")));
}

/** Texts that say how a host is installed and looked after. */
const GUIDES = [
  ...[
    "README.md",
    "readme.md",
    "Readme.md",
    "README.org",
    "README.adoc",
    "README.txt",
    "README",
    "CLAUDE.md",
    "AGENTS.md",
  ],
  ...["INSTALL.md", "INSTALL", "INSTALLATION.md", "install.md", "Install.md", "docs/README.md", "docs/install.md"],
  ...["docs/INSTALL.md", "docs/installation.md", "docs/installing.md", "install.sh", "setup.sh", "bootstrap.sh"],
  ...["scripts/install.sh", "bin/install.sh", "justfile", "Justfile", "Makefile"],
];

/** Empty files by which git keeps a folder that has nothing in it yet. */
const KEEPERS = [".gitkeep", ".keep"];

function isOwnTemplate(flake = ""): boolean {
  return (
    /\b(templates|defaultTemplate)\b/.test(flake) &&
    /\bpath\s*=\s*(\.\/\.?|(inputs\.)?self|"\$\{(inputs\.)?self\}")\s*;/.test(flake)
  );
}

/** What names the host, where it is no name: `$hostId`, `<hostname>`, `CHANGEME`. */
function placeholder({ config, hostName }: Host): string | undefined {
  const id = readString(config.at("networking", "hostId"));
  return [hostName, id]
    .flatMap((text) => (text?.known ? [text.value] : []))
    .find((text) => /[$<>{}@]|change[-_ ]?me|replace[-_ ]?me|your[-_ ]?host|placeholder/i.test(text));
}
