import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../../testing/analyse-files.ts";
import { analyseWorkspace } from "../analysis.ts";
import { hover } from "../hover.ts";
import { lenses } from "../lenses.ts";

/** 2026-03-28 12:34:56 UTC, the day before clocks are put forward in Berlin. */
const NOW = Date.UTC(2026, 2, 28, 12, 34, 56);

async function hoverOn(text: string, word: string): Promise<string | undefined> {
  const source = await sourceOf({ "/host.nix": text });
  const program = source.find("/host.nix");
  if (!program) throw new Error("not parsed");
  const { hosts } = analyseWorkspace(source);
  return hover(program, text.indexOf(word) + 1, hosts, () => "", NOW)?.markdown;
}

async function lensesOf(text: string): Promise<string[]> {
  const source = await sourceOf({ "/host.nix": text });
  return lenses("/host.nix", analyseWorkspace(source).hosts).map(
    ({ span, title }) => `${text.slice(span.start, span.end)}: ${title}`,
  );
}

/** What the real program says: the normal form, and local times without the zone's abbreviation. */
function systemd(expression: string, zone: string): string[] {
  const args = ["calendar", "--iterations=5", "--base-time=2026-03-28 12:34:56 UTC", expression];
  const printed = execFileSync("systemd-analyze", args, {
    encoding: "utf8",
    env: { ...process.env, TZ: zone, LC_ALL: "C" },
  });
  const form = /Normalized form: (.*)/.exec(printed)?.[1] ?? "";
  const times = [...printed.matchAll(/(?:Next elapse|Iteration #\d+|Iter\. #\d+): (\w{3} [-\d]+ [:\d.]+)/g)];
  return [form, ...times.map(([, time]) => time as string)];
}

describe("a hover on a calendar expression", () => {
  it.each([
    ["daily", "Europe/Berlin"],
    ["Mon *-*-* 02:30:00", "Europe/Berlin"],
    ["*-*-* 02:30", "Europe/Berlin"],
    ["*:0/17", "America/New_York"],
    ["monthly UTC", "Asia/Kolkata"],
    ["Sat,Sun 12:00 Asia/Tokyo", "UTC"],
  ])("says of %s in %s what systemd-analyze says", async (expression, zone) => {
    const text = `{ time.timeZone = "${zone}"; nix.gc.dates = "${expression}"; }\n`;
    const [form, ...times] = systemd(expression, zone);
    const markdown = await hoverOn(text, `"${expression}"`);
    expect(markdown).toContain(`**\`${form}\`**`);
    const shown = [...(markdown ?? "").matchAll(/^- (\w{3} [-\d]+ [:\d.]+) /gm)].map(([, time]) => time);
    expect(shown).toHaveLength(5);
    // Where the expression has a zone of its own, systemd prints its times in that of the host.
    if (!/UTC|Tokyo/.test(expression)) expect(shown).toEqual(times);
  });

  it("names the zone, and says when none is set or it cannot be told", async () => {
    expect(await hoverOn('{ nix.gc.dates = "daily"; }', '"daily"')).toContain(
      "Next in UTC (no `time.timeZone` is set):",
    );
    const unknown = '{ config, inputs, ... }: { time.timeZone = inputs.secrets.zone; nix.gc.dates = "daily"; }';
    expect(await hoverOn(unknown, '"daily"')).toContain("if that is the zone: it cannot be told, because");
    const berlin = '{ time.timeZone = "Europe/Berlin"; nix.gc.dates = "02:30"; }';
    expect(await hoverOn(berlin, '"02:30"')).toContain("- Mon 2026-03-30 02:30:00 (UTC+02:00)");
    expect(await hoverOn('{ nix.gc.dates = "2020-01-01"; }', '"2020')).toContain("It never elapses again.");
  });

  it("is not there on other texts", async () => {
    expect(await hoverOn('{ networking.hostName = "daily"; }', '"daily"')).toBeUndefined();
    expect(await hoverOn('{ nix.gc.dates = "sometimes"; }', '"sometimes"')).toBeUndefined();
  });
});

describe("a hover on a time span", () => {
  it.each([
    ['"1w 2d"', "1w 2d"],
    ['"90min"', "90min"],
    ["5400", "5400"],
    ['"1500ms"', "1500ms"],
  ])("%s", async (written, text) => {
    const printed = execFileSync("systemd-analyze", ["timespan", text], { encoding: "utf8" });
    const human = /Human: (.*)/.exec(printed)?.[1];
    const markdown = await hoverOn(`{ systemd.timers.a.timerConfig.OnBootSec = ${written}; }`, written);
    expect(markdown).toContain(`**\`${human}\`**`);
  });
});

describe("retention policies", () => {
  const btrbk = (settings: string) => `{
  services.btrbk.instances.local = {
    onCalendar = "hourly";
    settings = { ${settings} volume."/mnt".subvolume = { home = { }; root = { }; }; };
  };
}
`;

  it("of btrbk", async () => {
    const text = btrbk('snapshot_preserve_min = "2d"; snapshot_preserve = "14d";');
    const markdown = await hoverOn(text, '"14d"');
    // A year later it is 6 o'clock: seven hours of today, two whole days, and the first of the 12 days before.
    expect(markdown).toContain("| a year | 67 (134 of 2 sources) | 2 weeks |");
    expect(markdown).toContain("At most 84 in the long run");
    expect(markdown).not.toContain("ever more");
    expect(await lensesOf(text)).toEqual(["local: 134 snapshots of 2 sources after a year · oldest 2 weeks"]);
  });

  it("of btrbk without a minimum, which keeps everything", async () => {
    const markdown = await hoverOn(btrbk('snapshot_preserve = "14d";'), '"14d"');
    expect(markdown).toContain(
      "**They become ever more**: `snapshot_preserve_min` is `all`, as long as nobody sets it.",
    );
    expect((await lensesOf(btrbk("")))[0]).toContain("ever more");
  });

  it("of btrbk with months for ever", async () => {
    const text = btrbk('snapshot_preserve_min = "latest"; snapshot_preserve = "*m";');
    expect(await hoverOn(text, '"*m"')).toContain("**They become ever more**: a rule has no end.");
  });

  it("of snapper, whose clean-up is off unless it is switched on", async () => {
    const text = (clean: string) => `{ services.snapper.configs.home = {
      SUBVOLUME = "/home"; TIMELINE_CREATE = true; ${clean}
      TIMELINE_LIMIT_HOURLY = "5"; TIMELINE_LIMIT_DAILY = 7; TIMELINE_LIMIT_MONTHLY = 0; TIMELINE_LIMIT_YEARLY = 0;
    }; }\n`;
    expect(await hoverOn(text(""), '"5"')).toContain("ever more**: `TIMELINE_CLEANUP` is not true");
    const cleaned = await hoverOn(text("TIMELINE_CLEANUP = true;"), '"5"');
    expect(cleaned).not.toContain("ever more");
    expect(cleaned).toMatch(/\| a year \| 1[12] \|/);
  });

  it("of sanoid", async () => {
    const text = `{ services.sanoid = {
      templates.production = { hourly = 36; daily = 30; monthly = 3; autoprune = true; };
      datasets."tank/home".use_template = [ "production" ];
    }; }\n`;
    expect(await hoverOn(text, "36")).toContain("| a year | 69 | 2 months |");
    expect(await hoverOn(text, '"tank/home"')).toContain("**sanoid `tank/home`**");
  });

  it("of a module of the host's own", async () => {
    const text = '{ networking.hostName = "a"; my.disks.snapshotPolicy = { frequency = "6h"; retention = "30d"; }; }\n';
    expect(await hoverOn(text, '"30d"')).toContain("| a year | 120 | 1 month |");
  });

  it("that cannot be told", async () => {
    const text =
      '{ inputs, ... }: { networking.hostName = "a"; my.disks.snapshotPolicy = { frequency = "6h"; retention = inputs.x.y; }; }\n';
    expect(await hoverOn(text, "retention")).toContain("Cannot tell how many snapshots there will be, because");
    expect(await lensesOf(text)).toEqual([]);
  });
});

it("lenses count what stores hold", async () => {
  expect(
    await lensesOf(`{ environment.persistence."/persist" = {
      directories = [ "/var/log" "/var/lib/nixos" ];
      files = [ "/etc/machine-id" ];
    }; }\n`),
  ).toEqual(['"/persist": keeps 2 directories, 1 file']);
});

describe("a hover on a path", () => {
  const host = (text: string) => `{ modulesPath, ... }: {
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    ${text}
  }`;

  it("speaks of what the text names, and not of the end of a longer one", async () => {
    expect(await hoverOn(host('environment.etc.a.text = "/srv/data";'), '"/srv/data"')).toContain("is lost");
    const joined = host('imports = [ (modulesPath + "/installer/scan/not-detected.nix") ];');
    expect(await hoverOn(joined, '"/installer')).toBeUndefined();
    expect(await hoverOn(host('x.y = "/srv" + modulesPath;'), '"/srv"')).toBeUndefined();
  });
});
