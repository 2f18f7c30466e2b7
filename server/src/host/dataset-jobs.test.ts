import { describe, expect, it } from "vitest";
import { fakeConfig } from "../testing/fake-config.ts";
import { datasetJobs, takesDataset } from "./dataset-jobs.ts";

const jobs = (services: Record<string, unknown>) => datasetJobs(fakeConfig({ services }));

describe("datasetJobs", () => {
  it("lets a dataset of its own count before the tree around it", () => {
    const [job] = jobs({
      sanoid: {
        enable: true,
        templates: { none: { autosnap: false } },
        datasets: { tank: { recursive: true }, "tank/nix": { useTemplate: ["none"] }, "pool/a": {} },
      },
    });
    const taken = ["tank", "tank/home/me", "tank/nix", "pool/a", "pool/a/b", "tanker"].map(
      (one) => job && takesDataset(job, one),
    );
    expect(taken).toEqual([true, true, false, true, false, false]);
  });

  it("reads syncoid's own datasets, not those it fetches", () => {
    const found = jobs({
      syncoid: {
        enable: true,
        commonArgs: ["--no-sync-snap"],
        commands: {
          "tank/a": { target: "vault:x" },
          b: { source: "tank/b", target: "vault:x", recursive: true },
          c: { source: "root@web:tank/c", target: "tank/web" },
        },
      },
    });
    expect(found.map(({ name, filters }) => [name, filters.map(({ dataset, tree }) => [dataset, tree])])).toEqual([
      ["tank/a", [["tank/a", false]]],
      ["b", [["tank/b", true]]],
    ]);
  });

  it("reads zrepl's filters, of which the longest decides", () => {
    const [push, ...others] = jobs({
      zrepl: {
        enable: true,
        settings: {
          jobs: [
            { name: "p", type: "push", filesystems: { "<": true, "tank/nix<": false, "tank/nix/var": true } },
            { name: "s", type: "sink", root_fs: "tank/sink" },
          ],
        },
      },
    });
    expect(others).toEqual([]);
    expect(push?.kind).toBe("send");
    const taken = ["tank/home", "tank/nix", "tank/nix/store", "tank/nix/var"].map(
      (one) => push && takesDataset(push, one),
    );
    expect(taken).toEqual([true, false, false, true]);
  });

  it("reads nothing of what is switched off", () => {
    expect(jobs({ sanoid: { datasets: { tank: {} } }, zrepl: { enable: false, settings: { jobs: [] } } })).toEqual([]);
  });
});
