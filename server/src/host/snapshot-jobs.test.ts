import { describe, expect, it } from "vitest";
import { fakeConfig } from "../testing/fake-config.ts";
import { readToolJobs } from "./snapshot-jobs.ts";

const jobs = (config: Record<string, unknown>) => readToolJobs(fakeConfig(config));
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
    expect(value(job?.retention)).toBe(172800);
  });

  it("takes no age for a schedule, and no period for a job without timer", () => {
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
    expect([job?.retention, job?.period, job?.directory]).toEqual([undefined, undefined, undefined]);
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
    expect(value(found[0]?.retention)).toBe(30 * 86400);
  });
});
