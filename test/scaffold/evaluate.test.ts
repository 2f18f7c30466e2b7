import { describe, expect, it } from "vitest";
import { inSandbox } from "../evidence/sandbox.ts";
import { scaffoldHosts } from "./hosts.ts";
import { analyseServer, moduleFiles, unitFile, unitsOf } from "./server-modules.ts";

describe("a host with the server modules", () => {
  it.each(scaffoldHosts())("has a root that is known to be wiped, and nothing to warn of: $name", async (choice) => {
    const { hosts, findings } = await analyseServer(choice);
    const serious = findings.filter(({ severity }) => severity !== "information" && severity !== "hint");
    expect(serious.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    const root = hosts[0]!.ephemeralRoot;
    expect(root).toMatchObject({ kind: "rollback", rollback: { wipes: ["root"] } });
  });

  it("has units and scripts that systemd and shells take", async () => {
    const hosts = scaffoldHosts().filter(({ release }) => release === "26.05");
    const files = new Map<string, string>();
    for (const host of hosts) {
      const units = unitsOf(await analyseServer(host));
      expect(Object.keys(units["boot.initrd.systemd.services"]!)).toEqual(["server-impermanence"]);
      for (const [kind, named] of Object.entries(units))
        for (const [name, unit] of Object.entries(named)) {
          const script = `/mnt/${name}.sh`;
          if (unit.script !== undefined) files.set(script, `#!/bin/sh\n${unit.script}`);
          files.set(`/mnt/${name}.${kind === "systemd.timers" ? "timer" : "service"}`, unitFile(unit, script));
        }
      // What NixOS makes of startAt.
      for (const [name, { startAt }] of Object.entries(units["systemd.services"]!)) {
        if (startAt === undefined) continue;
        const timer = units["systemd.timers"]![name];
        const timed = { ...timer, timerConfig: { ...timer?.timerConfig, OnCalendar: startAt } };
        files.set(`/mnt/${name}.timer`, unitFile(timed, undefined));
      }
    }
    const seen = inSandbox(
      `while [ $# -gt 0 ]; do printf '%s' "$2" > "$1"; shift 2; done
      chmod +x *.sh
      attempt verify systemd-analyze verify --man=no ./*.service ./*.timer
      attempt shellcheck shellcheck ./*.sh
      for script in ./*.sh; do attempt "$script" dash -n "$script"; done
      fact units "$(ls | wc --lines)"`,
      ...[...files].flat(),
    );
    // A device that this machine does not have is not looked up by verify; anything it says is a mistake in a unit.
    expect(seen["verify said"]).toBe("");
    expect(seen.verify).toBe("0");
    expect(seen["shellcheck said"]).toBe("");
    expect(Number(seen.units)).toBe(files.size);
    expect(Object.entries(seen).filter(([name, code]) => name.endsWith(".sh") && code !== "0")).toEqual([]);
  });

  it("has scripts that pass by themselves", () => {
    const scripts = Object.entries(moduleFiles).filter(([name]) => name.endsWith(".sh"));
    const seen = inSandbox(
      `while [ $# -gt 0 ]; do attempt "$1" shellcheck --shell=sh - <<< "$2"; shift 2; done`,
      ...scripts.flat(),
    );
    for (const [name] of scripts) expect(seen[`${name} said`]).toBe("");
  });
});
