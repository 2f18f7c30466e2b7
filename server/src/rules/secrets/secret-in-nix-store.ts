import type { Place } from "../../eval/origin.ts";
import { NixPath } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, read } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";
import { type NamedFile, secretLiterals } from "./named-files.ts";

/** A secret that is written as a path literal, which evaluation copies to the Nix store for everybody to read. */
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
  },
});

/** What agenix, sops, systemd-creds and gpg made may be in the Nix store. */
function isEncrypted(path: string): boolean {
  return /\.(age|gpg|asc|enc|cred|sops|jwe)$|\.enc\.|sops|secrets?\.(ya?ml|json)$|\.(nix|pub)$/i.test(path);
}

function ofPersons({ config }: Host): readonly NamedFile[] {
  return passwordsOf(childrenOf(config.at("users", "users")));
}

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
