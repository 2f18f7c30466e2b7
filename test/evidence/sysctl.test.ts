import { expect, it } from "vitest";
import { findingsOf } from "../../server/src/testing/spec-check.ts";
import { inSandbox } from "./sandbox.ts";

/**
 * Values beyond both ends of what each setting takes. These settings belong to the whole machine, so only what is
 * refused is ever written; should a kernel take one, the value that was there is put back and the test fails.
 */
const REFUSED: readonly (readonly [string, string])[] = [
  ["vm.dirty_ratio", "160"],
  ["vm.dirty_ratio", "101"],
  ["vm.dirty_ratio", "-1"],
  ["vm.dirty_background_ratio", "8192"],
  ["vm.dirty_background_ratio", "101"],
  ["vm.dirty_background_ratio", "-1"],
  ["vm.swappiness", "201"],
  ["vm.swappiness", "-1"],
  ["vm.overcommit_memory", "3"],
  ["vm.overcommit_memory", "-1"],
  ["vm.vfs_cache_pressure", "-1"],
  ["vm.vfs_cache_pressure", "2147483648"],
];

it("K1 (IMP703): the kernel refuses what the rule reports, and keeps the old value", async () => {
  const seen = inSandbox(
    `
    while [ $# -gt 0 ]; do
      file=/proc/sys/\${1//.//}
      before=$(cat "$file")
      attempt "$1=$2" bash -c 'printf "%s\\n" "$1" > "$2"' write "$2" "$file"
      after=$(cat "$file")
      fact "$1=$2 kept" "$([ "$before" = "$after" ] && echo yes || echo no)"
      [ "$before" = "$after" ] || echo "$before" > "$file"
      shift 2
    done`,
    ...REFUSED.flat(),
  );
  for (const [name, value] of REFUSED) {
    expect(seen[`${name}=${value} said`]).toContain("Invalid argument");
    expect(seen[`${name}=${value} kept`]).toBe("yes");
    const findings = await findingsOf({ "/host.nix": `{ boot.kernel.sysctl."${name}" = ${value}; }` });
    expect(
      findings.map(({ code }) => code),
      `${name} = ${value}`,
    ).toContain("IMP703");
  }
});

it("K1 (IMP703): under set -e a script ends at such a write", () => {
  const seen = inSandbox(`
    attempt script bash -c 'set -e; echo 160 > /proc/sys/vm/dirty_ratio; echo reached'`);
  expect(seen.script).not.toBe("0");
  expect(seen["script said"]).toContain("Invalid argument");
  expect(seen["script said"]).not.toContain("reached");
});

it("K1 (IMP703): systemd-sysctl logs each such value and goes on with the next", () => {
  const seen = inSandbox(`
    printf 'vm.dirty_ratio = 160\\nvm.swappiness = 201\\n' > own.conf
    attempt sysctl env SYSTEMD_LOG_TARGET=console /usr/lib/systemd/systemd-sysctl /mnt/own.conf`);
  expect(seen["sysctl said"]).toMatch(/Couldn't write '160' to 'vm\/dirty_ratio': Invalid argument/);
  expect(seen["sysctl said"]).toMatch(/Couldn't write '201' to 'vm\/swappiness': Invalid argument/);
});
