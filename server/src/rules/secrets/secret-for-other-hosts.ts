import { sha256 } from "@noble/hashes/sha2.js";
import type { Place } from "../../eval/origin.ts";
import { isWithin, parentPath } from "../../eval/path-name.ts";
import type { Host } from "../../host/host.ts";
import { type DeclaredSecret, declaredSecrets, encryptedFile } from "../reading/declared-secrets.ts";
import { above, below, placeOfFile, recipientsIn } from "../reading/recipients.ts";
import { secretManagers } from "../reading/secret-identities.ts";
import { readSopsFile } from "../reading/sops-file.ts";
import { defineRule } from "../rule.ts";

/** A secret that is encrypted for others, and not for the host that uses it. */
export const secretForOtherHosts = defineRule({
  code: "IMP812",
  name: "secret-for-other-hosts",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const names = namesOf(host);
    // Only of keys that sshd made on the host it is known whose they are.
    const own = secretManagers(host).filter(({ identities }) =>
      identities.every(({ path }) => /\/ssh_host_\w+_key$/.test(path)),
    );
    const said = new Set<string>();
    for (const secret of declaredSecrets(host)) {
      if (!own.some(({ tool }) => tool === secret.tool)) continue;
      const file = encryptedFile(host, secret);
      if (!file || said.has(file.path) || !isWithin(file.path, parentPath(host.entry))) continue;
      said.add(file.path);
      const missing =
        secret.tool === "agenix" ? agenixProblem(host, file.path, names) : sopsProblem(host, file.path, names);
      if (!missing) continue;
      const short = below(parentPath(host.entry), file.path);
      report({
        at: file.place ?? secret.place,
        message: `${host.name} uses \`${short}\` (${shownSecrets(host, secret, file.path)}), and ${missing.why}. ${host.name} cannot decrypt it: ${effectOf(secret.tool)}.`,
        help: missing.help,
        related: [
          { place: missing.place, message: "what it is encrypted for" },
          { place: secret.place, message: "the secret is declared here" },
        ].filter(({ place }) => place !== undefined && place !== file.place),
      });
    }
  },
});

function effectOf(tool: DeclaredSecret["tool"]): string {
  return tool === "agenix"
    ? "the file is not there after the activation, and what reads it fails; with a password nobody can log in"
    : "sops-nix stops there, so that no service of the host gets any secret";
}

function shownSecrets(host: Host, secret: DeclaredSecret, path: string): string {
  const all = declaredSecrets(host).filter(
    (other) => other.tool === secret.tool && encryptedFile(host, other)?.path === path,
  );
  const shown = all.slice(0, 3).map(({ name }) => `\`${name}\``);
  return shown.join(", ") + (all.length > 3 ? ` and ${all.length - 3} more` : "");
}

interface Missing {
  readonly why: string;
  readonly help: string;
  readonly place?: Place | undefined;
}

/** What the host is called. */
function namesOf(host: Host): readonly string[] {
  const { hostName } = host;
  return [...new Set([host.name, ...(hostName.known ? [hostName.value] : [])])].map((name) => name.toLowerCase());
}

/** Whether the name of a key says that it is the key of this host. */
function isOfHost(name: string, names: readonly string[]): boolean {
  const plain = name.toLowerCase().replaceAll("_", "-");
  return names
    .map((host) => host.replaceAll("_", "-"))
    .some(
      (host) =>
        plain === host ||
        new RegExp(`^((hosts?|machines?|systems?|servers?|root)-)${escaped(host)}$`).test(plain) ||
        new RegExp(`^${escaped(host)}-(hosts?|machine|system|server|root)$`).test(plain),
    );
}

function escaped(text: string): string {
  return text.replace(/[^\w-]/g, "\\$&");
}

// --- agenix

const KEY = /([\w'-]+)\s*=\s*"((ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/=]{40,}))(?:[ \t]+([^"\n]*))?"/g;

interface NamedKey {
  readonly name: string;
  readonly type: string;
  readonly data: string;
  readonly comment: string;
}

function agenixProblem(host: Host, path: string, names: readonly string[]): Missing | undefined {
  for (const rules of above(host, path, "secrets.nix")) {
    const { text = "", value } = host.beside(rules);
    const listed = recipientsIn(value(), below(parentPath(rules), path));
    if (!listed || listed.length === 0) continue;
    const keys = [...text.matchAll(KEY)].map(
      ([, name = "", , type = "", data = "", comment = ""]): NamedKey => ({ name, type, data, comment }),
    );
    const own = keys.filter((key) => isKeyOf(key, names));
    if (own.length === 0) return undefined;
    const header = tagsOf(host.beside(path).text ?? "");
    if (own.some((key) => header.has(tagOf(key)))) return undefined;
    const mine = (line: string) => own.some(({ data }) => line.includes(data));
    const others = keys.filter(({ data }) => listed.some((line) => line.includes(data)));
    if (listed.some(mine)) {
      // Only a header in which the others are found is one that can be read.
      if (!others.some((key) => header.has(tagOf(key)))) return undefined;
      return {
        why: `the file was not encrypted again since \`${rules.slice(rules.lastIndexOf("/") + 1)}\` names the host's key (\`${own[0]?.name}\`) for it`,
        help: "Run agenix --rekey, and commit what it changes.",
      };
    }
    if (listed.some((line) => names.some((name) => line.toLowerCase().endsWith(`@${name}`)))) return undefined;
    return {
      why: `\`secrets.nix\` has it encrypted for ${others.length > 0 ? others.map(({ name }) => `\`${name}\``).join(", ") : "other keys"} only, not for the key of the host (\`${own[0]?.name}\`)`,
      help: `Add \`${own[0]?.name}\` to its publicKeys in secrets.nix, and run agenix --rekey.`,
      place: placeOfFile(rules, text, below(parentPath(rules), path)),
    };
  }
  return undefined;
}

/** A key of the host's own sshd: called like the host, and no person's by its comment. */
function isKeyOf({ name, comment }: NamedKey, names: readonly string[]): boolean {
  if (/@/.test(comment) && !comment.startsWith("root@")) return false;
  return isOfHost(name, names) || names.some((host) => comment.toLowerCase() === `root@${host}`);
}

/** What age writes for each ssh key: the start of the hash of the key. */
function tagsOf(text: string): ReadonlySet<string> {
  return new Set([...text.slice(0, 20000).matchAll(/^-> ssh-(?:ed25519|rsa) (\S+)/gm)].map(([, tag = ""]) => tag));
}

function tagOf({ data }: NamedKey): string {
  try {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const hash = sha256(bytes).slice(0, 4);
    return btoa(String.fromCharCode(...hash)).replace(/=+$/, "");
  } catch {
    return "";
  }
}

// --- sops

function sopsProblem(host: Host, path: string, names: readonly string[]): Missing | undefined {
  const { state, text = "" } = host.beside(path);
  if (state !== "read") return undefined;
  const { recipients } = readSopsFile(text, text.trimStart().startsWith("{") ? "json" : "yaml");
  if (recipients.length === 0) return undefined;
  for (const rules of above(host, path, ".sops.yaml")) {
    const anchors = [
      ...(host.beside(rules).text ?? "").matchAll(/&([\w-]+)\s+["']?(age1[0-9a-z]+)["']?\s*(?:#.*)?$/gm),
    ];
    const keys = anchors.map(([, name = "", key = ""]) => ({ name, key }));
    const own = keys.filter(({ name }) => isOfHost(name, names));
    if (own.length === 0 || own.some(({ key }) => recipients.includes(key))) return undefined;
    const others = keys.filter(({ key }) => recipients.includes(key));
    // A file none of whose keys is among these was encrypted by other rules.
    if (others.length === 0) return undefined;
    return {
      why: `the file is encrypted for ${others.map(({ name }) => `\`${name}\``).join(", ")} only, not for the key that \`.sops.yaml\` has for the host (\`${own[0]?.name}\`)`,
      help: `Let the rule for this file in .sops.yaml name *${own[0]?.name}, and run sops updatekeys on the file.`,
    };
  }
  return undefined;
}
