import { describe, expect, it } from "vitest";
import { onServer } from "./run-scripts.ts";

describe("wipe-root.sh", () => {
  it.each(["/bin/dash", "/bin/bash"])(
    "gives ten boots a fresh root each, in %s, and archives every old one",
    (shell) => {
      const seen = onServer(
        `
      SHELL_OF_INITRD=$1
      make_host
      for number in 1 2 3 4 5 6 7 8 9 10; do
        mkdir -p top/root/etc
        touch "top/root/etc/litter-$number"
        boot
        [ -z "$(ls -A top/root)" ] || fact dirty "$number"
        cat "$STATE" >> results
        [ "$(sum)" = "$PERSISTED" ] || fact changed "$number"
      done
      fact results "$(sort results | uniq -c)"
      fact litter "$(ls top/old_roots/*/etc | grep --count litter-)"
      fact mounted "$(grep --count server-impermanence /proc/self/mountinfo || true)"
      fact next "$(ls top)"`,
        shell,
      );
      expect(seen.dirty).toBeUndefined();
      expect(seen.changed).toBeUndefined();
      expect(seen.results!.trim()).toBe("10 result=wiped");
      expect(seen.litter).toBe("10");
      expect(seen.mounted).toBe("0");
      expect(seen.next).toBe("old_roots\npersist\nroot\nroot-blank");
    },
  );

  it.each(["before", "after"])("has a root at the boot after one that ends %s any of its calls", (when) => {
    const seen = onServer(
      `
      export BASELINE=root-blank
      make_host
      number=0
      steps=0
      while number=$((number + 1)); do
        touch "top/root/litter-$number"
        interrupted "$number" "$1" || break
        steps=$number
        boot > said 2>&1 || fact "failed $number" "$(cat said)"
        [ "$(cat "$STATE")" = result=wiped ] || fact "result $number" "$(cat said)"
        is_subvolume top/root || fact "no root $number" "$(cat said)"
        [ "$(ls -A top/root)" = nix ] || fact "dirty $number" "$(ls -A top/root)"
        [ "$(roots_with "litter-$number" | wc --words)" = 1 ] || fact "lost $number" "$(roots_with "litter-$number")"
        [ ! -e top/root.next ] || fact "left $number" "$(ls top)"
        [ "$(sum)" = "$PERSISTED" ] || fact "changed $number" yes
      done
      fact steps "$steps"
      `,
      when,
    );
    expect(Number(seen.steps)).toBeGreaterThan(8);
    expect(Object.keys(seen)).toEqual(["ready", "steps"]);
  });

  it("keeps the root for one boot when the kernel is asked to", () => {
    const seen = onServer(`
      make_host
      touch top/root/litter
      echo 'quiet server-impermanence.keep loglevel=4' > cmdline
      attempt kept boot
      fact state "$(cat "$STATE")"
      fact litter "$(ls top/root)"
      echo quiet > cmdline
      boot
      fact after "$(ls top/root)"`);
    expect(seen).toMatchObject({ kept: "0", state: "result=skipped", litter: "etc\nlitter", after: "" });
  });

  it("keeps the root when the baseline is missing, and makes an empty one when there is neither", () => {
    const seen = onServer(`
      export BASELINE=nowhere
      make_host
      touch top/root/litter
      attempt first boot
      fact state "$(cat "$STATE")"
      fact root "$(ls top/root)"
      mv top/root top/away
      attempt second boot
      is_subvolume top/root && fact made "$(ls -A top/root)"`);
    expect(seen).toMatchObject({ first: "1", state: "result=failed", root: "etc\nlitter", second: "0", made: "" });
    expect(seen["first said"]).toContain("The baseline nowhere is not there.");
    expect(seen["first said"]).toContain("No fresh root could be made: the root of the last boot stays.");
  });

  it("boots with the last root when the filesystem is full or read-only", () => {
    const seen = onServer(`
      make_host
      touch top/root/litter
      mv initrd/mount real-mount
      printf '#!/bin/bash\nexec /mnt/real-mount -r "$@"\n' > initrd/mount
      chmod +x initrd/mount
      attempt "read-only" boot
      mv real-mount initrd/mount
      is_subvolume top/root && fact root "$(ls top/root)"
      dd if=/dev/zero of=top/filling bs=1M 2> /dev/null || true
      for size in 100k 4k 1k; do dd if=/dev/zero of=top/filling-$size bs=$size 2> /dev/null || true; done
      for number in 1 2 3 4 5; do
        boot > said 2>&1 || true
        is_subvolume top/root || fact gone "$(cat said)"
        [ "$(sum)" = "$PERSISTED" ] || fact changed yes
      done
      fact full "$(df --output=avail top | tail --lines=1 | tr -d ' ')"
      fact litter "$(roots_with litter | wc --words)"`);
    expect(seen).toMatchObject({ "read-only": "1", root: "etc\nlitter", full: "0", litter: "1" });
    expect(seen.gone).toBeUndefined();
    expect(seen.changed).toBeUndefined();
  });

  it("moves subvolumes below the root into the archive with it", () => {
    const seen = onServer(`
      make_host
      mkdir -p top/root/var/lib
      btrfs subvolume create top/root/var/lib/machines > /dev/null
      btrfs subvolume create "top/root/var/lib/machines/a name" > /dev/null
      boot
      fact subvolumes "$(subvolumes_of top | sed 's/-[0-9]*-[0-9]*/-DATE/g')"`);
    expect(seen.subvolumes).toBe(
      "old_roots/root-DATE old_roots/root-DATE/var/lib/machines old_roots/root-DATE/var/lib/machines/a name " +
        "persist root root-blank",
    );
  });

  it("wipes a root below another subvolume, whose name has a folder in it", () => {
    const seen = onServer(`
      make_host @nixos
      btrfs subvolume create top/@nixos/root > /dev/null
      touch top/@nixos/root/litter
      export ROOT=@nixos/root
      for number in 1 2 3; do boot; mkdir top/@nixos/root/of-$number; done
      fact root "$(ls top/@nixos/root)"
      fact archive "$(cd top/old_roots && ls -d */* | sed 's/-[0-9]*-[0-9]*\\(_[0-9]*\\)*/-DATE/' | paste --serial --delimiters=' ')"
      fact state "$(cat "$STATE")"`);
    expect(seen).toMatchObject({ root: "of-3", state: "result=wiped" });
    expect(seen.archive).toBe("root-DATE/litter root-DATE/of-1 root-DATE/of-2");
  });

  it("finds a name for every old root where the clock stands still", () => {
    const seen = onServer(`
      make_host
      printf '#!/bin/bash\\necho 19700101-000003\\n' > clock
      chmod +x clock
      ln -sf /mnt/clock initrd/date
      for number in 1 2 3; do touch "top/root/litter-$number"; boot; done
      fact archive "$(ls -d top/old_roots/*/litter-* | paste --serial --delimiters=' ')"`);
    expect(seen.archive).toBe(
      [1, 2, 3]
        .map((number) => `top/old_roots/root-19700101-000003${number > 1 ? `_${number - 1}` : ""}/litter-${number}`)
        .join(" "),
    );
  });

  it("leaves a root alone that is mounted, or that is no subvolume, and a device that is not there", () => {
    const seen = onServer(`
      make_host
      next_mount subvol=root sysroot
      attempt mounted boot
      umount sysroot
      mv top/root top/away
      mkdir top/root
      attempt directory boot
      fact left "$(ls top)"
      DEVICE=/dev/nowhere
      attempt nowhere boot
      fact state "$(cat "$STATE")"`);
    expect(seen).toMatchObject({ mounted: "1", directory: "1", nowhere: "1", state: "result=failed" });
    expect(seen["mounted said"]).toContain("root is mounted already");
    expect(seen["directory said"]).toContain("root is not a subvolume");
    expect(seen.left).toBe("away\npersist\nroot\nroot-blank");
  });
});
