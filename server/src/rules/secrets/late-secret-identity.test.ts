import { expect, it } from "vitest";
import { findingsOf } from "../../testing/spec-check.ts";

async function help(lines: string): Promise<string | undefined> {
  const text = `{
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "size=2G" "mode=755" ]; };
    fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
    environment.persistence."/persist".directories = [ "/var/lib/keys" "/etc/ssh" ];
    ${lines}
  }`;
  const findings = await findingsOf({ "/host.nix": text });
  return findings.find(({ code }) => code === "IMP801")?.help;
}

const none = "sops.age.sshKeyPaths = [ ]; sops.gnupg.sshKeyPaths = [ ]; sops.secrets.wifi = { };";
const inStore = "Name the key by its path in the store:";

it("names the option that holds the key", async () => {
  expect(await help(`${none} sops.age.keyFile = "/var/lib/keys/a.txt";`)).toBe(
    `${inStore} sops.age.keyFile = "/persist/var/lib/keys/a.txt";`,
  );
  expect(
    await help(`sops.age.sshKeyPaths = [ "/etc/ssh/k" ]; sops.gnupg.sshKeyPaths = [ ]; sops.secrets.a = { };`),
  ).toBe(`${inStore} sops.age.sshKeyPaths = [ "/persist/etc/ssh/k" ];`);
  expect(
    await help(`sops.age.sshKeyPaths = [ ]; sops.gnupg.sshKeyPaths = [ "/etc/ssh/k" ]; sops.secrets.a = { };`),
  ).toBe(`${inStore} sops.gnupg.sshKeyPaths = [ "/persist/etc/ssh/k" ];`);
  expect(await help(`age.identityPaths = [ "/etc/ssh/k" ]; age.secrets.a.file = ./a.age;`)).toBe(
    `${inStore} age.identityPaths = [ "/persist/etc/ssh/k" ];`,
  );
});
