import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("P19 (IMP418): systemd-tmpfiles gives a file that is there the mode of its rule, and SSH refuses such a key", () => {
  const seen = inSandbox(`
    ssh-keygen -q -t ed25519 -N "" -f key
    fact made "$(stat --format=%a key)"
    attempt closed ssh-keygen -y -f key
    echo "f /mnt/key 0644 root root -" > rules.conf
    systemd-tmpfiles --create /mnt/rules.conf
    fact mode "$(stat --format=%a key)"
    attempt open ssh-keygen -y -f key`);
  expect(seen.made).toBe("600");
  expect(seen.closed).toBe("0");
  expect(seen.mode).toBe("644");
  expect(seen.open).not.toBe("0");
  expect(seen["open said"]).toContain("Permissions 0644 for 'key' are too open");
});

it("P15 (IMP416): gpg warns of a home that was made with 0755, and not of one with 0700", () => {
  const seen = inSandbox(`
    mkdir --mode=0755 open
    mkdir --mode=0700 closed
    attempt open gpg --homedir /mnt/open --list-keys
    attempt closed gpg --homedir /mnt/closed --list-keys`);
  expect(seen["open said"]).toContain("unsafe permissions on homedir");
  expect(seen["closed said"]).not.toContain("unsafe permissions");
});

it("P7 (IMP410): the directory that mirrors the store's mode is open when the parent was made with 0755, and a tmpfiles rule for the store closes it", () => {
  const seen = inSandbox(`
    mkdir -p persist/var/lib var/lib
    mkdir --mode=0755 persist/var/lib/private
    mkdir var/lib/private
    chmod --reference=persist/var/lib/private var/lib/private
    fact before "$(stat --format=%a var/lib/private)"
    echo "d /mnt/persist/var/lib/private 0700 root root -" > rules.conf
    systemd-tmpfiles --create /mnt/rules.conf
    chmod --reference=persist/var/lib/private var/lib/private
    fact after "$(stat --format=%a var/lib/private)"`);
  expect(seen.before).toBe("755");
  expect(seen.after).toBe("700");
});

it("P10 (IMP412): a mount below a persisted directory leads to the same files as the directory", () => {
  const seen = inSandbox(`
    mkdir -p persist/systemd/coredump systemd
    mount --bind persist/systemd systemd
    mount --bind persist/systemd/coredump systemd/coredump
    echo core > systemd/coredump/file
    umount systemd/coredump
    fact through "$(cat systemd/coredump/file)"
    fact store "$(cat persist/systemd/coredump/file)"`);
  expect(seen.through).toBe("core");
  expect(seen.store).toBe("core");
});

it("P14 (IMP415): what is written to a directory before the mount over it cannot be seen afterwards", () => {
  const seen = inSandbox(`
    mkdir -p persist/etc/ssh etc/ssh static
    echo Port 22 > static/sshd_config
    ln -s /mnt/static/sshd_config etc/ssh/sshd_config
    mount --bind persist/etc/ssh etc/ssh
    fact first "$(ls etc/ssh)"
    ln -s /mnt/static/sshd_config etc/ssh/sshd_config
    umount etc/ssh
    mount --bind persist/etc/ssh etc/ssh
    fact later "$(cat etc/ssh/sshd_config)"`);
  expect(seen.first).toBe("");
  // Written through the mount, as nixos-rebuild switch does, it is there on later boots.
  expect(seen.later).toBe("Port 22");
});

it("P13, P8 (IMP414, IMP411): a password cannot be changed while /etc/shadow is a bind mount", () => {
  const seen = inSandbox(`
    mkdir etc
    cp -a /etc/. etc
    cp -a /etc/shadow shadow
    mount --bind etc /etc
    mount --bind shadow /etc/shadow
    attempt change usermod --password '$6$new' root
    fact after "$(grep -c '$6$new' /etc/shadow || true)"`);
  expect(seen.change).not.toBe("0");
  expect(seen.after).toBe("0");
});

it("P4 (no rule): ssh-keygen makes a key behind a link whose target is missing, when nobody removes the link first", () => {
  const seen = inSandbox(`
    mkdir persist etc
    ln -s /mnt/persist/key etc/key
    ssh-keygen -q -t ed25519 -N "" -f etc/key
    fact link "$(stat --format=%F etc/key)"
    fact store "$(head -n 1 persist/key)"
    rm persist/key etc/key*
    ln -s /mnt/persist/key etc/key
    rm -f etc/key
    ssh-keygen -q -t ed25519 -N "" -f etc/key
    attempt lost test -e persist/key`);
  expect(seen.link).toBe("symbolic link");
  expect(seen.store).toContain("BEGIN OPENSSH PRIVATE KEY");
  // NixOS before 22.11 removed the link: the key was then made on the root, and lost.
  expect(seen.lost).not.toBe("0");
});

it("IMP423: chown and systemd-tmpfiles refuse an owner that nobody is, and tmpfiles makes nothing", () => {
  const seen = inSandbox(`
    mkdir made
    attempt chown chown nobody-here:root made
    fact owner "$(stat --format=%U made)"
    echo "d /mnt/wanted 0750 nobody-here root -" > rules.conf
    attempt tmpfiles systemd-tmpfiles --create /mnt/rules.conf
    fact wanted "$(test -e wanted && echo there || echo missing)"`);
  expect(seen.chown).not.toBe("0");
  expect(seen.owner).toBe("root");
  expect(seen["tmpfiles said"]).toContain("nobody-here");
  expect(seen.wanted).toBe("missing");
});

it("IMP425: systemd-tmpfiles empties a directory of type D where it removes, as at boot, and leaves one of type d", () => {
  const seen = inSandbox(`
    mkdir -p emptied kept
    touch emptied/world kept/world
    printf 'D /mnt/emptied 0755 root root -\\nd /mnt/kept 0755 root root -\\n' > rules.conf
    systemd-tmpfiles --create --remove --boot /mnt/rules.conf
    fact emptied "$(ls emptied)"
    fact kept "$(ls kept)"`);
  expect(seen.emptied).toBe("");
  expect(seen.kept).toBe("world");
});
