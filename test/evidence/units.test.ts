import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { findingsOf } from "../../server/src/testing/spec-check.ts";
import { inSandbox } from "./sandbox.ts";

/** What people write for a calendar. */
const CALENDARS = [
  ..."6h|30d|1h|6 hours|every 6 hours|*/6:00|0 */6 * * *|@daily|biweekly|24:00|25:00|23:60".split("|"),
  ..."weekly 03:00|daily 03:00|*-*-* 3|3am|minutely|hourly|daily|weekly|monthly|quarterly|semiannually".split("|"),
  ..."yearly|annually|*-*-* 00/6:00:00|00/6:00|*:0/15|Mon..Fri|Sun 02:00|Mon,Tue 3:00|*-*-1 03:00".split("|"),
  ..."*-*~1|12:00 UTC|12:00 Europe/Berlin|*-02-30|2020-01-01".split("|"),
];

it("U1 (IMP701): systemd refuses exactly the calendars that the rule reports", async () => {
  const seen = inSandbox(
    `for calendar in "$@"; do attempt "$calendar" systemd-analyze calendar "$calendar"; done`,
    ...CALENDARS,
  );
  const refused = CALENDARS.filter((calendar) => seen[calendar] !== "0");
  expect(refused).toContain("6h");
  expect(refused).not.toContain("00/6:00");
  expect(seen["6h said"]).toContain("Failed to parse calendar specification '6h': Invalid argument");
  const timers = CALENDARS.map((one, index) => `systemd.timers.t${index}.timerConfig.OnCalendar = "${one}";`);
  const host = `{\n${timers.join("\n")}\n}`;
  const findings = (await findingsOf({ "/host.nix": host })).filter(({ code }) => code === "IMP701");
  // The first timer stands in the second line.
  const lines = findings.map(({ at }) => host.slice(0, at.start).split("\n").length);
  expect(lines.map((line) => CALENDARS[line - 2])).toEqual(refused);
});

it("U1 (IMP701): a timer with such a calendar alone does not exist for systemd, and one with OnBootSec goes on", () => {
  const seen = inSandbox(`
    printf '[Service]\\nExecStart=/bin/true\\n' > snapshot.service
    cp snapshot.service other.service
    printf '[Timer]\\nOnCalendar=6h\\n' > snapshot.timer
    printf '[Timer]\\nOnCalendar=6h\\nOnBootSec=1h\\n' > other.timer
    attempt alone systemd-analyze verify --man=no ./snapshot.timer
    attempt other systemd-analyze verify --man=no ./other.timer`);
  expect(seen.alone).not.toBe("0");
  expect(seen["alone said"]).toContain("Failed to parse calendar specification, ignoring: 6h");
  expect(seen["alone said"]).toContain("Timer unit lacks value setting. Refusing.");
  expect(seen["other said"]).toContain("Failed to parse calendar specification, ignoring: 6h");
  expect(seen["other said"]).not.toContain("Refusing");
});

it("S13 (IMP710): a timer with a calendar for a time span alone does not exist for systemd", () => {
  const seen = inSandbox(`
    printf '[Service]\\nExecStart=/bin/true\\n' > cleanup.service
    cp cleanup.service other.service
    printf '[Timer]\\nOnUnitActiveSec=daily\\n' > cleanup.timer
    printf '[Timer]\\nOnUnitActiveSec=daily\\nOnBootSec=10m\\n' > other.timer
    attempt alone systemd-analyze verify --man=no ./cleanup.timer
    attempt other systemd-analyze verify --man=no ./other.timer`);
  expect(seen.alone).not.toBe("0");
  expect(seen["alone said"]).toContain("Timer unit lacks value setting. Refusing.");
  expect(seen["other said"]).toMatch(/Failed to parse .*, ignoring: daily/);
  expect(seen["other said"]).not.toContain("Refusing");
});

it("U1 (IMP701): 6h is a time span", () => {
  const seen = inSandbox(`attempt span systemd-analyze timespan 6h`);
  expect(seen.span).toBe("0");
  expect(seen["span said"]).toMatch(/21600000000$/m);
});

it("U2: dates that do not come any more are taken, and never elapse", () => {
  const seen = inSandbox(`
    attempt february systemd-analyze calendar '*-02-30'
    attempt past systemd-analyze calendar 2020-01-01`);
  for (const calendar of ["february", "past"]) {
    expect(seen[calendar]).toBe("0");
    expect(seen[`${calendar} said`]).toContain("Next elapse: never");
  }
});

it("R8 (IMP501): initrd.target asserts a file that only an initrd has", () => {
  const target = readFileSync("/usr/lib/systemd/system/initrd.target", "utf8");
  const assertion = /^AssertPathExists=.*$/m.exec(target)![0];
  expect(assertion).toBe("AssertPathExists=/etc/initrd-release");
  const seen = inSandbox(`attempt assertion systemd-analyze condition "$1"`, assertion);
  expect(seen.assertion).not.toBe("0");
  expect(seen["assertion said"]).toMatch(/assert.*fail/i);
});

it("IMP712: a hyphen in a path is escaped in a unit's name, and a text of Nix takes one backslash away", () => {
  const seen = inSandbox(`
    fact unit "$(systemd-escape --path /dev/mapper/vg0-root)"
    export NIX_STATE_DIR=/mnt/state NIX_STORE_DIR=/mnt/store
    mkdir -p state store
    printf '"vg0%sx2droot"' '\\' > one.nix
    printf '"vg0%s%sx2droot"' '\\' '\\' > two.nix
    fact one "$(nix-instantiate --eval one.nix)"
    fact two "$(nix-instantiate --eval two.nix)"`);
  expect(seen.unit).toBe("dev-mapper-vg0\\x2droot");
  expect(seen.one).toBe('"vg0x2droot"');
  expect(seen.two).toBe('"vg0\\\\x2droot"');
});

it("IMP717: systemd refuses a oneshot that is started again after success, and takes one after failures", () => {
  const seen = inSandbox(`
    for restart in always on-success on-failure; do
      printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\nRestart=%s\\n' "$restart" > "$restart.service"
      attempt "$restart" systemd-analyze verify --man=no "./$restart.service"
    done`);
  for (const refused of ["always", "on-success"]) {
    expect(seen[refused]).not.toBe("0");
    expect(seen[`${refused} said`]).toContain("isn't allowed for Type=oneshot services. Refusing.");
  }
  expect(seen["on-failure"]).toBe("0");
});
