import { describe, expect, it } from "vitest";
import type { FactsJson } from "../../report/schema.ts";
import { readMounts } from "../mounts.ts";
import { compareMounts } from "./compare-mounts.ts";

const fileSystem = (more: object = {}): FactsJson["fileSystems"][string] => ({
  ...{ device: "/dev/sda2", fsType: "btrfs", options: ["subvol=a"], neededForBoot: false, subvolume: "a" },
  ...{ certainty: "yes", declaredBy: "fileSystems", ...more },
});
const mounts = (...lines: string[]) => readMounts(lines.map((line) => `36 1 0:30 ${line}`).join("\n"));
const found = (fileSystems: FactsJson["fileSystems"], ...lines: string[]) => {
  const { drift, unknown } = compareMounts({ fileSystems }, mounts(...lines));
  return [...drift.map(({ kind, path, found: shown }) => [kind, path, shown].join(" ")), ...unknown];
};

describe("mounts", () => {
  const plain = "/a /a rw,noatime shared:1 - btrfs /dev/sda2 rw,ssd";

  it("that are as configured are no drift", () => {
    expect(found({ "/a": fileSystem() }, plain)).toEqual([]);
    expect(found({ "/a": fileSystem({ subvolume: "/a/" }) }, plain)).toEqual([]);
  });

  it("with nodatacow for one subvolume have it for all, which is said once", () => {
    const all = "rw,nodatasum,nodatacow,ssd";
    const two = {
      "/a": fileSystem(),
      "/b": fileSystem({ subvolume: "b" }),
      "/c": fileSystem({ subvolume: "c", options: ["nodatacow"] }),
    };
    const lines = ["a", "b", "c"].map((name) => `/${name} /${name} rw - btrfs /dev/sda2 ${all}`);
    expect(found(two, ...lines)).toEqual(["option /a nodatacow"]);
  });

  it("that are made when they are used, or hold something on top, are seen as they are", () => {
    expect(found({ "/a": fileSystem() }, "/ /a rw - autofs systemd-1 rw")).toEqual([]);
    expect(found({ "/a": fileSystem() }, plain, "/x /a rw - btrfs /dev/sda2 rw")).toEqual(["subvolume /a /x"]);
  });

  it("of which the configuration is not known are not judged", () => {
    expect(found({ "/a": fileSystem({ certainty: "unknown" }) })).toEqual([
      "whether the configuration has a filesystem at /a",
    ]);
    expect(found({ "/a": fileSystem({ unknown: ["it is computed"] }) })).toEqual([]);
    expect(found({ "/a": fileSystem({ unknown: ["it is computed"], options: ["nodatacow"] }) }, plain)).toEqual([
      "the options of /a, because it is computed",
    ]);
    expect(found({ "/a": fileSystem({ fsType: null, unknown: ["no type"], options: ["noatime"] }) })).toEqual([
      "not-mounted /a no mount",
    ]);
  });
});
