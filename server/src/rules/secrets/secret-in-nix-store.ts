import type { Place } from "../../eval/origin.ts";
import { isWithin, parentPath } from "../../eval/path-name.ts";
import { NixPath } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, read, readBoolean, readItems, setAt } from "../../host/read-values.ts";
import { writtenBelow } from "../reading/option-texts.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { isForNobody, type NamedFile, secretLiterals, secretTexts, writtenSecrets } from "./named-files.ts";

/** A secret as a path literal or as a text of the configuration: both are in the Nix store for everybody to read. */
export const secretInNixStore = defineRule({
  code: "IMP804",
  name: "secret-in-nix-store",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
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
    for (const { path, option, place } of putIntoTexts(context)) {
      if (isEncrypted(path) || said.has(place)) continue;
      said.add(place);
      report({
        at: place,
        message: `\`${option}\` puts a file of the configuration into a text: \`\${…}\` copies it into the Nix store, where everybody on the machine can read it, and it is in every copy of the repository.`,
        help: "Let agenix or sops-nix provide the file, or name one in a store that only root can read; and change the secret, which is known already.",
      });
    }
    for (const { path, option, place } of ofInitrd(host)) {
      if (isEncrypted(path) || said.has(place)) continue;
      said.add(place);
      report({
        at: place,
        message: `\`${option}\` takes a secret from the configuration itself: the file is in the Nix store, where every account of the machine can read it, and in every copy of the repository.${option.endsWith("hostKeys") ? " Who has the key can stand in for this initrd and is told the passphrase of the disk." : ""}`,
        help: option.endsWith("hostKeys")
          ? 'Make a key on the machine (ssh-keygen -t ed25519 -N "" -f /persist/etc/secrets/initrd/ssh_host_ed25519_key) and name it as a text, in quotes; the key in the repository is known already.'
          : "Put the file on the machine, into a store that only root can read, and name it as a text, in quotes; what is in the repository is known already.",
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

/** Paths of the configuration's own files in a text, `"${./password}"`. */
function putIntoTexts({ host, program }: RuleContext): readonly NamedFile[] {
  const folder = parentPath(host.entry);
  return secretTexts(host).filter(({ path, place }) => {
    if (!place || folder === "/" || !isWithin(path, folder)) return false;
    return program(place.file)?.text.slice(place.start, place.end).includes("${") === true;
  });
}

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

/**
 * Keys of the initrd that lie beside the configuration. Others by a path literal are read where they are by some
 * revisions of NixOS, and copied by others.
 */
function ofInitrd({ config, entry }: Host): NamedFile[] {
  const initrd = config.at("boot", "initrd");
  const ssh = initrd.at("network", "ssh");
  const enabled = readBoolean(ssh.child("enable"));
  const keys = enabled?.known && enabled.value ? readItems(ssh.child("hostKeys")).items : [];
  const option = ssh.child("hostKeys").path.join(".");
  const literals = keys.flatMap(({ value, place, certain }): NamedFile[] =>
    value instanceof NixPath && certain.answer === "yes" ? [{ path: value.path, option, place }] : [],
  );
  const secrets = childrenOf(initrd.child("secrets")).flatMap(({ node, certain }) =>
    certain.answer === "yes" ? literalAt(node).filter(({ path }) => SECRET.test(path)) : [],
  );
  const folder = parentPath(entry);
  return [...literals, ...secrets].filter(
    ({ path }) => isWithin(path, folder) && (folder !== "/" || !ON_HOST.test(path)),
  );
}

/** What else is put into the initrd by that option, such as a script, may be known to everybody. */
const SECRET = /key|secret|pass|token|wpa|wifi|wg|wireguard|rsa|ed25519/i;
const ON_HOST = /^\/(etc|persist\w*|nix|var|root|run|boot|home|srv|mnt|data)\//;

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
