import { describe, expect, it } from "vitest";
import type { Place } from "../eval/origin.ts";
import { policyWords } from "../shell/retention.ts";
import { fakeConfig } from "../testing/fake-config.ts";
import type { Script, SnapshotJob } from "./host.ts";
import { readToolJobs } from "./snapshot-jobs.ts";
import { seriesOf } from "./snapshot-keeping.ts";

const jobs = (config: Record<string, unknown>) => readToolJobs(fakeConfig(config));
const kept = (job: SnapshotJob | undefined) =>
  job?.keeps?.policies.known ? job.keeps.policies.value.map(({ policy }) => policyWords(policy)) : job?.keeps?.policies;
const value = <T>(known: { readonly known: boolean; readonly value?: T } | undefined) =>
  known?.known ? known.value : known;

describe("readToolJobs", () => {
  it("reads btrbk's volumes", () => {
    const [job] = jobs({
      services: {
        btrbk: {
          instances: {
            local: {
              onCalendar: "hourly",
              settings: {
                snapshot_dir: "snaps",
                snapshot_preserve_min: "2d",
                volume: { "/btr": { subvolume: { persist: {}, home: {} } } },
              },
            },
          },
        },
      },
    });
    expect(job?.sources.map(value)).toEqual(["/btr/persist", "/btr/home"]);
    expect(value(job?.directory)).toBe("/btr/snaps");
    expect(value(job?.period)).toBe(3600);
    expect(kept(job)).toEqual(["all of the last 3 days"]);
  });

  it("reads a single subvolume of btrbk's that is written as a text", () => {
    const settings = { volume: { "/persist": { snapshot_dir: ".snapshots", subvolume: "." } } };
    const [job] = jobs({ services: { btrbk: { instances: { x: { settings } } } } });
    expect(job?.sources.map(value)).toEqual(["/persist"]);
    expect(value(job?.directory)).toBe("/persist/.snapshots");
  });

  it("knows no period of a job without timer", () => {
    const [job] = jobs({
      services: {
        btrbk: {
          instances: {
            x: {
              onCalendar: null,
              settings: { snapshot_preserve_min: "2d", snapshot_preserve: "14d", subvolume: { "/home": {} } },
            },
          },
        },
      },
    });
    expect([job?.period, job?.directory]).toEqual([undefined, undefined]);
    expect(kept(job)).toEqual(["all of the last 3 days and one of each of the last 15 days"]);
    expect(job && seriesOf(job)).toBeUndefined();
    expect(job?.sources.map(value)).toEqual(["/home"]);
  });

  it("reads snapper's configs", () => {
    const [job, quiet] = jobs({
      services: {
        snapper: { configs: { p: { SUBVOLUME: "/persist", TIMELINE_CREATE: true }, q: { SUBVOLUME: "/q" } } },
      },
    });
    expect([value(job?.directory), value(job?.period)]).toEqual(["/persist/.snapshots", 3600]);
    expect(quiet?.period).toBeUndefined();
  });

  it("finds the policies of the host's own modules", () => {
    const found = jobs({
      panther: { server: { snapshotPolicy: { frequency: "6h", retention: "30d", scope: "critical" } } },
      services: { x: { snapshotPolicy: { frequency: "1h" } } },
    });
    expect(found.map(({ name }) => name)).toEqual(["panther.server.snapshotPolicy"]);
    expect(value(found[0]?.period)).toBe(6 * 3600);
    expect(kept(found[0])).toEqual(["all younger than 30 days"]);
  });

  it("lets sections of btrbk override those around them", () => {
    const found = jobs({
      services: {
        btrbk: {
          instances: {
            x: {
              settings: {
                snapshot_preserve_min: "latest",
                snapshot_preserve: "7d",
                volume: {
                  "/btr": {
                    snapshot_dir: "snaps",
                    subvolume: {
                      a: {},
                      b: { snapshot_preserve: "2w *m" },
                      c: { snapshot_create: "no" },
                      d: {},
                    },
                  },
                },
              },
            },
          },
        },
      },
    });
    expect(found.map((job) => [job.sources.map(value), value(job.period), kept(job)])).toEqual([
      [["/btr/a", "/btr/d"], 86400, ["the newest and one of each of the last 8 days"]],
      [["/btr/b"], 86400, ["the newest, one of each of the last 3 weeks and one of each month for ever"]],
      [["/btr/c"], undefined, ["the newest and one of each of the last 8 days"]],
    ]);
  });

  it("knows what btrbk keeps when nobody says it, and what it does not understand", () => {
    const policy = (settings: Record<string, unknown>) => {
      const instances = { x: { settings: { ...settings, subvolume: { "/a": {} } } } };
      return jobs({ services: { btrbk: { instances } } })[0];
    };
    expect(kept(policy({ snapshot_preserve: "7d" }))).toEqual(["all of them, for ever"]);
    expect(policy({ snapshot_preserve: "7d" })?.keeps?.endless).toContain("as long as nobody sets it");
    expect(kept(policy({ snapshot_preserve: "7x" }))).toMatchObject({ known: false });
  });

  it("counts snapper's limits, and keeps all where nothing cleans up", () => {
    const config = (own: Record<string, unknown>) =>
      jobs({ services: { snapper: { configs: { p: { SUBVOLUME: "/p", TIMELINE_CREATE: true, ...own } } } } })[0];
    expect(kept(config({ TIMELINE_CLEANUP: true, TIMELINE_LIMIT_MONTHLY: "0", TIMELINE_LIMIT_YEARLY: 0 }))).toEqual([
      "all younger than 1 hour, one of each of the last 10 hours and one of each of the last 10 days",
    ]);
    expect(kept(config({}))).toEqual(["all of them, for ever"]);
    expect(kept(config({ TIMELINE_CLEANUP: true, TIMELINE_LIMIT_DAILY: "ten" }))).toMatchObject({ known: false });
  });

  it("reads sanoid's datasets with their templates", () => {
    const found = jobs({
      services: {
        sanoid: {
          templates: { base: { hourly: 24, daily: 7, autoprune: true } },
          datasets: {
            "tank/a": { use_template: ["base"], daily: 3, monthly: 0 },
            "tank/b": { use_template: ["base"], autoprune: false, monthly: 0 },
            "tank/c": { autosnap: false },
          },
        },
      },
    });
    expect(found.map(({ name }) => name)).toEqual(["tank/a", "tank/b"]);
    expect(kept(found[0])).toEqual([
      "the 24 newest and all younger than 1 day",
      "the 3 newest and all younger than 3 days",
    ]);
    expect(kept(found[1])).toEqual(["all of them, for ever", "all of them, for ever"]);
  });

  it("takes a bare number for what the script counts that reads it", () => {
    const script = (text: string, place?: Place): Script => ({
      option: [],
      text,
      holes: [],
      runs: [],
      place: undefined,
      placeOf: () => place,
    });
    const days = (...scripts: Script[]) =>
      kept(readToolJobs(fakeConfig({ my: { snapshotPolicy: { frequency: "6h", retention: "30" } } }), scripts)[0]);
    expect(days()).toMatchObject({ known: false });
    expect(days(script("find /s -mtime +30 -delete"))).toEqual(["all younger than 30 days"]);
    expect(days(script('date -d "30 weeks ago"'))).toEqual(["all younger than 210 days"]);
    expect(days(script("ls | head -n -30"))).toEqual(["the 30 newest"]);
    expect(days(script("find /s -mtime +31"))).toMatchObject({ known: false });
    expect(days(script("find /s -mtime +30; date -d '30 hours ago'"))).toMatchObject({ known: false });
    expect(days(script("find /s -mtime +30", { file: "/elsewhere.nix", start: 0, end: 2 }))).toMatchObject({
      known: false,
    });
  });
});
