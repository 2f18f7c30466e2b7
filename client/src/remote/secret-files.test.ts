import { expect, it } from "vitest";
import { isSecretByContent, isSecretByName } from "./secret-files.ts";

const SECRET = [
  ..."/etc/shadow /etc/shadow- /etc/gshadow /etc/ssh/ssh_host_ed25519_key /root/.ssh/id_ed25519 /home/a/.ssh/deploy".split(
    " ",
  ),
  ..."/var/lib/acme/x/key.pem /var/lib/acme/x/privkey.pem /etc/ssl/private/x /etc/wireguard/wg0.conf /run/agenix/x".split(
    " ",
  ),
  ..."/var/lib/app/.env /srv/app/.env.production /root/.netrc /etc/krb5.keytab /var/lib/x/admin-password".split(" "),
  ..."/var/lib/x/jwt_secret /var/lib/sops-nix/key.txt /etc/NetworkManager/system-connections/w.nmconnection".split(" "),
  ..."/var/lib/vault/token /srv/api-keys.json /srv/client_secret.json /var/lib/systemd/credential.secret".split(" "),
];
const PLAIN = [
  ..."/etc/passwd /etc/ssh/ssh_host_ed25519_key.pub /root/.ssh/authorized_keys /root/.ssh/known_hosts /etc/hosts".split(
    " ",
  ),
  ..."/var/lib/acme/x/cert.pem /var/lib/acme/x/fullchain.pem /var/lib/app/state /srv/keyboard.conf /etc/machine-id".split(
    " ",
  ),
  ..."/var/lib/postgresql/16/postgresql.conf /var/log/monkey.log /srv/tokenizer/model.txt /etc/environment".split(" "),
];

it.each(SECRET)("takes %s for a secret", (path) => expect(isSecretByName(path)).toBe(true));
it.each(PLAIN)("does not take %s for a secret", (path) => expect(isSecretByName(path)).toBe(false));

it("knows private keys by their content", () => {
  for (const kind of ["", "RSA ", "OPENSSH ", "EC "])
    expect(isSecretByContent(`x\n-----BEGIN ${kind}PRIVATE KEY-----\n`)).toBe(true);
  expect(isSecretByContent("# created\nAGE-SECRET-KEY-1QQ\n")).toBe(true);
  expect(isSecretByContent("-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n")).toBe(false);
});
