import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("IMP321: StateDirectory= and WorkingDirectory= make a service require the mounts of their paths, paths that it may write to do not", () => {
  const seen = inSandbox(`
    printf '[Service]\\nExecStart=/bin/true\\nStateDirectory=shop\\nWorkingDirectory=/data/work\\nReadWritePaths=/mnt/rw\\nBindPaths=/mnt/bind\\n' > shop.service
    fact shop "$(SYSTEMD_LOG_LEVEL=debug SYSTEMD_UNIT_PATH="$PWD:" systemd-analyze verify --man=no shop.service 2>&1 |
      sed -n 's/^.*RequiresMountsFor: \\([^ ]*\\) (origin-file).*/\\1/p')"`);
  const required = seen.shop?.split("\n");
  expect(required).toContain("/var/lib/shop");
  expect(required).toContain("/data/work");
  expect(seen.shop).not.toContain("/mnt/");
});
