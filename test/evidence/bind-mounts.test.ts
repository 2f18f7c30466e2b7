import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("P13: a bind-mounted file cannot be replaced, removed or edited with sed -i", () => {
  const seen = inSandbox(`
    mkdir persist etc
    echo old > persist/file
    touch etc/file
    mount --bind persist/file etc/file
    echo new > etc/next
    attempt move mv etc/next etc/file
    attempt remove rm etc/file
    attempt sed sed -i s/old/new/ etc/file
    fact after "$(cat etc/file)"
    echo direct > etc/file
    fact written "$(cat persist/file)"`);
  for (const command of ["move", "remove", "sed"]) {
    expect(seen[command], command).not.toBe("0");
    expect(seen[`${command} said`], command).toContain("Device or resource busy");
  }
  expect(seen.after).toBe("old");
  // Only writing in place reaches the store.
  expect(seen.written).toBe("direct");
});

it("P13: replacing a file that is a link into the store replaces the link, and the store keeps the old text", () => {
  const seen = inSandbox(`
    mkdir persist etc
    echo old > persist/file
    ln -s /mnt/persist/file etc/file
    echo new > etc/next
    attempt move mv etc/next etc/file
    fact type "$(stat --format=%F etc/file)"
    fact store "$(cat persist/file)"`);
  expect(seen.move).toBe("0");
  expect(seen.type).toBe("regular file");
  expect(seen.store).toBe("old");
});

it("P9 (IMP408): what is bound over a filesystem hides it, and it stays empty", () => {
  const seen = inSandbox(`
    make_btrfs log persist
    first_mount subvol=log log
    next_mount subvol=persist persist
    mkdir persist/log
    mount --bind persist/log log
    touch log/messages
    umount log
    fact filesystem "$(ls log)"
    fact store "$(ls persist/log)"`);
  expect(seen.filesystem).toBe("");
  expect(seen.store).toBe("messages");
});

it("D8: the top of a new subvolume belongs to root, whoever's home it is mounted in", () => {
  const seen = inSandbox(`
    make_btrfs config
    mkdir -p home/alice
    chown 1000:100 home/alice
    first_mount subvol=config home/alice/.config
    fact owner "$(stat --format='%u:%g %a' home/alice/.config)"
    attempt write setpriv --reuid 1000 --regid 100 --clear-groups touch home/alice/.config/file`);
  expect(seen.owner).toBe("0:0 755");
  expect(seen["write said"]).toContain("Permission denied");
});

it("IMP319: nothing can be started from a bind mount of a filesystem with noexec", () => {
  const seen = inSandbox(`
    mkdir store here
    mount -t tmpfs -o noexec none store
    mkdir store/bin
    printf '#!/bin/sh\\necho started\\n' > store/bin/program
    chmod +x store/bin/program
    mount --bind store/bin here
    attempt run ./here/program
    umount here store`);
  expect(seen.run).toBe("126");
  expect(seen["run said"]).toContain("Permission denied");
});
