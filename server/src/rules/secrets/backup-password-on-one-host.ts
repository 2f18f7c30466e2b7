import type { Place } from "../../eval/origin.ts";
import { isWithin, parentPath } from "../../eval/path-name.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { type DeclaredSecret, declaredSecrets, encryptedFile } from "../reading/declared-secrets.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { above, below, placeOfFile, recipientsIn } from "../reading/recipients.ts";
import { secretManagers } from "../reading/secret-identities.ts";
import { readSopsFile } from "../reading/sops-file.ts";
import { defineRule } from "../rule.ts";

/** The password of a backup that only the host which is backed up can decrypt. */
export const backupPasswordOnOneHost = defineRule({
  code: "IMP838",
  name: "backup-password-on-one-host",
  group: "secrets",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const passwords = passwordsOf(host);
    if (passwords.length === 0) return;
    // Another identity, such as a person's key, may be kept elsewhere.
    const own = secretManagers(host).filter(
      ({ identities }) => identities.length > 0 && identities.every(({ path }) => /\/ssh_host_\w+_key$/.test(path)),
    );
    const said = new Set<string>();
    for (const secret of declaredSecrets(host)) {
      const path = secret.path?.known ? secret.path.value : undefined;
      const use = passwords.find(({ text }) => path !== undefined && names(text, path));
      if (!use || !own.some(({ tool }) => tool === secret.tool)) continue;
      const file = encryptedFile(host, secret);
      if (!file || said.has(file.path) || !isWithin(file.path, parentPath(host.entry))) continue;
      const only = onlyRecipient(host, secret, file.path);
      if (!only) continue;
      said.add(file.path);
      report({
        at: secret.place ?? use.place,
        message: `\`${below(parentPath(host.entry), file.path)}\` holds the password of the backup \`${use.job}\`, and it is encrypted for one key alone, that of ${host.name} itself${only.by}. When the disk of ${host.name} is lost, the key is lost with it: nobody can decrypt the password, and the backup cannot be read.`,
        help: `Encrypt it for a key of a person as well, which is kept elsewhere (${secret.tool === "agenix" ? "publicKeys in secrets.nix, then agenix --rekey" : ".sops.yaml, then sops updatekeys"}); or keep the password in another safe place, and let this finding be.`,
        related: [
          { place: use.place, message: "the password is used here" },
          { place: only.place, message: "the only key" },
        ],
      });
    }
  },
});

interface Password {
  readonly job: string;
  readonly text: string;
  readonly place: Place | undefined;
}

/** The files and commands that backups take their passwords from. */
function passwordsOf({ config }: Host): Password[] {
  return backupJobs(config).flatMap(({ tool, name, node }) => {
    if (tool === "borgmatic") return [];
    const texts = textsBelow(node).filter(({ option }) => /^(passwordFile|passCommand)$/.test(option.at(-1) ?? ""));
    return texts.map(({ text, place }) => ({ job: name, text, place }));
  });
}

function names(text: string, path: string): boolean {
  const at = text.indexOf(path);
  return at >= 0 && !/[\w./-]/.test(text[at + path.length] ?? "");
}

/** What says that a file has one recipient; undefined where there are more, or where it is not known. */
function onlyRecipient(
  host: Host,
  { tool }: DeclaredSecret,
  path: string,
): { readonly by: string; readonly place: Place | undefined } | undefined {
  const { state, text = "" } = host.beside(path);
  if (tool === "sops-nix") {
    const { recipients } = readSopsFile(text, text.trimStart().startsWith("{") ? "json" : "yaml");
    return state === "read" && recipients.length === 1 ? { by: "", place: undefined } : undefined;
  }
  // A file that was encrypted by other rules has other keys.
  if (state === "read" && [...text.slice(0, 20000).matchAll(/^-> (ssh-|X25519|piv)/gm)].length > 1) return undefined;
  for (const rules of above(host, path, "secrets.nix")) {
    const { text: written = "", value } = host.beside(rules);
    const name = below(parentPath(rules), path);
    const listed = recipientsIn(value(), name);
    if (!listed || listed.length === 0) continue;
    return listed.length === 1 ? { by: ", by `secrets.nix`", place: placeOfFile(rules, written, name) } : undefined;
  }
  return undefined;
}
