import { describe, expect, it } from "vitest";
import { Unknown } from "../eval/value.ts";
import { fakeConfig, gap, perhaps, unknown } from "../testing/fake-config.ts";
import { readCalendars } from "./calendars.ts";
import { readInitrdHooks } from "./initrd.ts";
import { readScripts } from "./scripts.ts";
import { readUnits } from "./units.ts";

function scripts(config: Record<string, unknown>) {
  const root = fakeConfig(config);
  return readScripts(root, readInitrdHooks(root), readUnits(root), []);
}

describe("readScripts", () => {
  it("finds the scripts of units, hooks and activation with their options", () => {
    const found = scripts({
      boot: {
        initrd: {
          postDeviceCommands: "wipe",
          systemd: {
            services: { rollback: { script: "roll", wantedBy: ["initrd.target"], before: ["sysroot.mount"] } },
          },
        },
      },
      systemd: {
        services: {
          job: { preStart: "pre", serviceConfig: { ExecStart: ["/bin/a", "/bin/b"] } },
          off: { enable: false, script: "never" },
        },
      },
      system: { activationScripts: { one: "first", two: { text: "second", deps: [] } } },
    });
    expect(found.map(({ option, text }) => [option.slice(-3).join("."), text])).toEqual([
      ["boot.initrd.postDeviceCommands", "wipe"],
      ["services.rollback.script", "roll"],
      ["services.job.preStart", "pre"],
      ["job.serviceConfig.ExecStart", "/bin/a"],
      ["job.serviceConfig.ExecStart", "/bin/b"],
      ["system.activationScripts.one", "first"],
      ["activationScripts.two.text", "second"],
    ]);
  });

  it("leads back to the source", () => {
    const [script] = scripts({ boot: { initrd: { postDeviceCommands: "btrfs subvolume delete x" } } });
    const whole = script?.placeOf(0, 24);
    const word = script?.placeOf(6, 15);
    expect(word && whole && [word.start - whole.start, word.end - whole.start]).toEqual([6, 15]);
  });

  it("keeps what cannot be seen as holes", () => {
    const partial = { text: "mount \uFFFC /x", holes: [{ start: 6, end: 7, why: "needs device" }], origin: undefined };
    const found = scripts({
      systemd: {
        services: {
          a: { script: new Unknown("needs device", undefined, { partial }) },
          b: { script: unknown("gone") },
        },
      },
      system: { activationScripts: { c: unknown("needs pkgs") } },
    });
    expect(found.map(({ text, holes }) => [text, holes.map(({ why }) => why)])).toEqual([
      ["mount \uFFFC /x", ["needs device"]],
      ["\uFFFC", ["gone"]],
      ["\uFFFC", ["needs pkgs"]],
    ]);
  });
});

describe("readUnits", () => {
  it("knows stage, order and certainty", () => {
    const units = readUnits(
      fakeConfig({
        boot: {
          initrd: { systemd: { services: { r: { before: ["sysroot.mount"], requiredBy: ["initrd.target"] } } } },
        },
        systemd: { services: perhaps({ s: { after: ["a.service", gap("?")] } }, "config.x is not known") },
      }),
    ).list;
    expect(units.map(({ name, stage, certain }) => [name, stage, certain.answer])).toEqual([
      ["r", "initrd", "yes"],
      ["s", "system", "unknown"],
    ]);
    expect(units[0]?.before[0]?.text).toBe("sysroot.mount");
    expect(units[0]?.requiredBy[0]?.text).toBe("initrd.target");
    expect(units[1]?.after.map(({ text }) => text)).toEqual(["a.service"]);
  });
});

describe("readCalendars", () => {
  it("finds the expressions of timers, services and tools", () => {
    const uses = readCalendars(
      fakeConfig({
        systemd: {
          timers: {
            snap: { timerConfig: { OnCalendar: "6h", Persistent: true } },
            other: { timerConfig: { OnCalendar: ["daily", "weekly"], Unit: "job.service" } },
            boot: { timerConfig: { OnBootSec: "5m" } },
          },
          services: { gc: { startAt: "03:00" }, none: { startAt: [] } },
        },
        services: {
          btrbk: { instances: { local: { onCalendar: unknown("needs x") } } },
          btrfs: { autoScrub: { interval: "monthly" } },
        },
        nix: { gc: { dates: "weekly" } },
      }),
    );
    expect(
      uses.map(({ option, expression, timer }) => [option.join("."), expression.known && expression.value, timer]),
    ).toEqual([
      ["systemd.timers.snap.timerConfig.OnCalendar", "6h", "snap"],
      ["systemd.timers.other.timerConfig.OnCalendar", "daily", "job"],
      ["systemd.timers.other.timerConfig.OnCalendar", "weekly", "job"],
      ["systemd.services.gc.startAt", "03:00", "gc"],
      ["services.btrbk.instances.local.onCalendar", false, undefined],
      ["services.btrfs.autoScrub.interval", "monthly", undefined],
      ["nix.gc.dates", "weekly", undefined],
    ]);
    expect(uses[0]?.persistent).toMatchObject({ known: true, value: true });
    expect(uses[0]?.expression.place?.end).toBeGreaterThan(0);
  });
});
