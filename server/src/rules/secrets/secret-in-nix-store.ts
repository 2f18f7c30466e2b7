import type { Place } from "../../eval/origin.ts";
import { NixPath } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, read, setAt } from "../../host/read-values.ts";
import { writtenBelow } from "../reading/option-texts.ts";
import { defineRule } from "../rule.ts";
import { isForNobody, type NamedFile, secretLiterals, writtenSecrets } from "./named-files.ts";

/** A secret as a path literal or as a text of the configuration: both are in the Nix store for everybody to read. */
export const secretInNixStore = defineRule({
  code: "IMP804",
  name: "secret-in-nix-store",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const said = new Set<Place | undefined>();
    for (const { path, option, place } of [...secretLiterals(host), ...ofPersons(host), ...ofEtc(host)]) {
      if (isEncrypted(path) || path.startsWith("/nix/store/") || said.has(place)) continue;
      said.add(place);
      report({
        at: place,
        message: `\`${option}\` has the path without quotes: Nix copies \`${path}\` into the Nix store when the configuration is evaluated, where everybody on the machine can read it, and it stays there as it is now. In a flake, a path outside of it does not evaluate at all.`,
        help: `Write the path as a text, "${path}", so that it is read on the machine; or let agenix or sops-nix provide it.`,
      });
    }
    for (const { option, place } of [...writtenSecrets(host), ...writtenPasswords(host)]) {
      if (said.has(place)) continue;
      said.add(place);
      report({
        at: place,
        message: `\`${option}\` names a file that the configuration itself writes: its text is in the Nix store, where everybody on the machine can read it, and wherever the configuration is copied.`,
        help: "Let agenix or sops-nix provide the file, or name one in a store that only root can read; and change the secret, which is known already.",
      });
    }
  },
});

/** What agenix, sops, systemd-creds and gpg made may be in the Nix store. */
function isEncrypted(path: string): boolean {
  return /\.(age|gpg|asc|enc|cred|sops|jwe)$|\.enc\.|sops|secrets?\.(ya?ml|json)$|\.(nix|pub)$/i.test(path);
}

function ofPersons({ config }: Host): readonly NamedFile[] {
  return passwordsOf(childrenOf(config.at("users", "users")));
}

/** Files with passwords of users that the configuration writes. */
function writtenPasswords({ config }: Host): readonly NamedFile[] {
  return writtenPasswordsOf(childrenOf(config.at("users", "users")));
}

const writtenPasswordsOf = perItem(({ node }: Child) =>
  writtenBelow(node)
    .filter(({ option }) => option.at(-1) === "passwordFile" || option.at(-1) === "hashedPasswordFile")
    .filter(({ text, option }) => !isForNobody(node.child(option.at(-1) ?? ""), text))
    .map(
      ({ text, option, place }): NamedFile => ({
        path: text,
        option: option.join("."),
        place: setAt(node.child(option.at(-1) ?? "")) ?? place,
      }),
    ),
);

const passwordsOf = perItem(({ node }: Child) =>
  ["passwordFile", "hashedPasswordFile"].flatMap((name) => literalAt(node.child(name))),
);

/** Files of stores and of /root that environment.etc takes: only a secret has to come from there. */
function ofEtc(host: Host): NamedFile[] {
  const stores = host.stores.flatMap(({ path }) => (path.known ? [path.value] : []));
  return childrenOf(host.config.at("environment", "etc")).flatMap(({ node }) =>
    literalAt(node.child("source")).filter(
      ({ path }) =>
        /pass|secret|token|cred|(^|[^a-z])key([^a-z]|$)/i.test(path) &&
        [...stores, "/root", "/var/lib", "/etc"].some((folder) => isAtOrBelow(path, folder)) &&
        !path.startsWith(folderOf(host.entry)),
    ),
  );
}

/** The folder with its last slash; a module directly in the root has none that says anything. */
function folderOf(file: string): string {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  return folder === "/" ? file : folder;
}

function literalAt(node: Host["config"]): NamedFile[] {
  if (node.isDefined() === false) return [];
  const reading = read(node);
  if (reading.state !== "set" || !(reading.value instanceof NixPath)) return [];
  return [{ path: reading.value.path, option: node.path.join("."), place: reading.place }];
}
