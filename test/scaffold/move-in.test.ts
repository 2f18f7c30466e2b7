import { expect, it } from "vitest";
import { filesAfter, hostFiles, scaffoldFiles } from "../../server/src/testing/scaffold-files.ts";
import { onServer } from "./run-scripts.ts";

/** A server whose root holds /nix, homes and the state of services, as most are before they have the modules. */
async function plannedCommands(): Promise<string> {
  const files = hostFiles({
    ...{ release: "25.11", disk: "fileSystems", style: "", flake: "inputs", services: true, hosts: 1 },
  });
  const disk = "/hosts/web/disk.nix";
  files[disk] = files[disk]!.replace(/ *fileSystems\."\/nix" = .*\n/, "");
  const plan = await scaffoldFiles(files, { host: "web" });
  expect(plan.left).toEqual([]);
  expect(filesAfter(files, plan)["/hosts/web/server-impermanence.nix"]).toContain('fileSystems."/nix"');
  return plan.notes.flatMap((note) => (note.startsWith("    ") ? [note.slice(4)] : [])).join("\n");
}

it("has commands that move a running host, so that its first wiped boot loses nothing", async () => {
  const commands = await plannedCommands();
  const seen = onServer(
    `
    export ARCHIVE=old_roots
    make_btrfs root
    first_mount subvol=root host
    export DEVICE
    next_mount subvolid=5 look
    # The host sees its own root, and the device below the name that it has there.
    mkdir -p host/{dev/disk/by-label,proc,mnt,nix/store,home/op,var/lib/{nixos,caddy,postgresql,tailscale,systemd,private/ollama},var/log,etc/ssh}
    for file in nix/store/system home/op/letter var/lib/nixos/uid-map var/lib/caddy/key var/lib/postgresql/table \\
      var/lib/private/ollama/model var/log/journal etc/machine-id etc/ssh/ssh_host_ed25519_key etc/ssh/ssh_host_ed25519_key.pub; do
      echo "$file" > "host/$file"
    done
    chown 71:71 host/var/lib/postgresql host/var/lib/postgresql/table
    chmod 0750 host/var/lib/postgresql
    chmod 0700 host/var/lib/private
    for folder in bin sbin lib lib64 usr; do
      if [ -e "/$folder" ]; then mkdir -p "host/$folder"; mount --rbind "/$folder" "host/$folder"; fi
    done
    touch "host$DEVICE"
    mount --bind "$DEVICE" "host$DEVICE"
    ln -s "$DEVICE" host/dev/disk/by-label/nixos
    mount -t proc proc host/proc
    attempt move chroot host /bin/sh -u -c "$1"
    fact top "$(ls look | paste --serial --delimiters=' ')"
    umount -R host
    boot > /dev/null
    next_mount subvol=root fresh
    fact fresh "$(ls -A fresh)"
    fact nix "$(cat look/nix/store/system)"
    fact home "$(cat look/home/op/letter)"
    fact kept "$(cd look/persist && find . -type f | sort)"
    fact database "$(stat -c '%u:%g %a' look/persist/var/lib/postgresql)"
    fact private "$(stat -c %a look/persist/var/lib/private)"`,
    commands,
  );
  expect(seen.top, seen["move said"]).toBe("home nix persist root snapshots");
  // What is not there, such as the state of a service that never ran, is told and left out.
  expect(seen["move said"]).toContain("cp: cannot stat '/var/lib/containers'");
  expect(seen).toMatchObject({ fresh: "", nix: "nix/store/system", home: "home/op/letter" });
  expect(seen).toMatchObject({ database: "71:71 750", private: "700" });
  expect(seen.kept!.split("\n")).toEqual(
    [
      ...["etc/machine-id", "etc/ssh/ssh_host_ed25519_key", "etc/ssh/ssh_host_ed25519_key.pub", "var/lib/caddy/key"],
      ...["var/lib/nixos/uid-map", "var/lib/postgresql/table", "var/lib/private/ollama/model", "var/log/journal"],
    ].map((file) => `./${file}`),
  );
});
