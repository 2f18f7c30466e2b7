import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

/*
 * systemd reads a unit because something asks for it. A line that it does not know makes that visible: it names the
 * file once it has read it.
 */
it("R7 (IMP512): a unit that a misspelt target wants is never looked at, and nothing is said of it", () => {
  const seen = inSandbox(`
    printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\nMarker=1\\n' > rollback.service
    for target in intitrd.target initrd.target; do
      mkdir "$target.wants"
      ln -s ../rollback.service "$target.wants/"
      attempt "$target" env SYSTEMD_UNIT_PATH="$PWD:" \\
        systemd-analyze verify --man=no --recursive-errors=yes initrd.target
      rm -r "$target.wants"
    done`);
  expect(seen["intitrd.target"]).toBe("0");
  expect(seen["intitrd.target said"]).not.toContain("rollback.service");
  expect(seen["initrd.target said"]).toContain("rollback.service:4: Unknown key 'Marker'");
});

it("R6 (IMP508): resuming is done before local-fs-pre.target, and nothing puts it before the root's device", () => {
  const seen = inSandbox(`
    cd /usr/lib/systemd/system
    for unit in systemd-hibernate-resume.service systemd-hibernate-resume@.service initrd-root-device.target; do
      [ -e "$unit" ] || continue
      fact "$unit" "$(grep -E "^(Before|After|DefaultDependencies)=" "$unit" | tr "\\n" " " || true)"
    done`);
  const resume = seen["systemd-hibernate-resume.service"] ?? seen["systemd-hibernate-resume@.service"];
  expect(resume).toContain("Before=local-fs-pre.target");
  expect(resume).toContain("DefaultDependencies=no");
  expect(resume).not.toContain("initrd-root-device.target");
  expect(seen["initrd-root-device.target"]).not.toMatch(/(Before|After)=/);
});
