/** Names of files that hold keys, passwords or tokens, whatever the directory. */
const NAMES: readonly RegExp[] = [
  /^(?:g?shadow|master\.passwd)-?$/,
  /^ssh_host_\w+_key$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
  /\.(?:key|p12|pfx|jks|keystore|kdbx|keytab|nmconnection|ovpn|tfstate)$/,
  /^(?!.*(?:cert|chain|ca\b|pub)).*\.pem$/,
  /^\.(?:env(?:\..*)?|netrc|pgpass|my\.cnf|htpasswd|git-credentials|npmrc|pypirc|vault-token)$/,
  /^(?:wpa_supplicant.*\.conf|credential\.secret|machine-secret|random-seed|cookie)$/,
  /(?:^|[-_.])(?:secrets?|passw(?:or)?ds?|passphrase|tokens?|credentials?|private|apikeys?|api[-_]keys?)(?:$|[-_.])/,
];

/** Directories of which everything counts as secret. */
const DIRECTORIES =
  /\/(?:\.ssh|\.gnupg|\.password-store|secrets?|agenix(?:\.d)?|secrets\.d|credentials|wireguard|sops(?:-nix)?|private|keys)\//;

/** What an `.ssh` directory holds that is none, and the list of accounts, which has no passwords. */
const PUBLIC = /(?:\.pub|^\/etc\/passwd-?|\/authorized_keys2?|\/known_hosts2?|\/config)$/;

/** Whether the name of a file of a host says that it holds a secret. Content says it where names do not. */
export function isSecretByName(path: string): boolean {
  const lower = path.toLowerCase();
  if (PUBLIC.test(lower)) return false;
  const name = lower.split("/").at(-1) ?? lower;
  return DIRECTORIES.test(lower) || NAMES.some((one) => one.test(name));
}

/** Whether a text holds a private key. */
export function isSecretByContent(text: string): boolean {
  return /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]/.test(text);
}
