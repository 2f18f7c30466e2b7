import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("N6 (IMP304): the boot requires a plain mount, and none with noauto, nofail or an automount", () => {
  const seen = inSandbox(`
    mkdir units early late
    for name in plain noauto nofail automount; do
      option=$name
      [ "$name" != plain ] || option=defaults
      [ "$name" != automount ] || option=x-systemd.automount
      printf '/dev/vda2 /%s ext4 %s 0 0\\n' "$name" "$option"
    done > fstab
    SYSTEMD_FSTAB=$PWD/fstab /usr/lib/systemd/system-generators/systemd-fstab-generator units early late
    cd units
    fact required "$(ls local-fs.target.requires | tr '\\n' ' ')"
    fact wanted "$(ls local-fs.target.wants 2> /dev/null | tr '\\n' ' ')"
    fact waited "$(grep --files-with-matches '^Before=.*local-fs.target' *.mount | tr '\\n' ' ')"`);
  expect(seen.required).toContain("plain.mount");
  expect(seen.required).not.toMatch(/noauto\.mount|nofail\.mount|automount\.mount/);
  expect(seen.required).toContain("automount.automount");
  expect(seen.wanted).toContain("nofail.mount");
  expect(seen.waited).toContain("plain.mount");
  expect(seen.waited).not.toContain("nofail.mount");
});
