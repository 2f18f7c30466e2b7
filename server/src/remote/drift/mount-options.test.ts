import { describe, expect, it } from "vitest";
import { stateOf } from "./mount-options.ts";

const state = (option: string, live: string, { type = "btrfs", wanted = [option] } = {}) => {
  const found = stateOf(option, wanted, type, live.split(","));
  return found.state === "without-effect" ? `not: ${found.found}` : found.state;
};

describe("an option", () => {
  it.each([
    ["noatime", "rw,noatime", "in-effect"],
    ["noatime", "rw,relatime", "not: relatime"],
    ["noatime", "rw", "not: atime"],
    ["nosuid", "rw,nodev", "not: suid"],
    ["ro", "rw", "not: rw"],
    ["nodatacow", "rw,nodatasum,nodatacow", "in-effect"],
    ["nodatacow", "rw,compress=zstd:3", "not: datacow"],
    ["nodatasum", "rw,nodatacow", "in-effect"],
    ["compress=zstd", "rw,compress=zstd:3", "in-effect"],
    ["compress=zstd:1", "rw,compress=zstd:3", "not: compress=zstd:3"],
    ["compress=zstd:3", "rw,compress=zstd:3", "in-effect"],
    ["compress=lzo", "rw,compress=lzo", "in-effect"],
    ["compress", "rw,compress=zlib:3", "in-effect"],
    ["compress-force=zstd", "rw,compress=zstd:3", "not: compress=zstd:3"],
    ["compress=no", "rw,compress=zstd:3", "not: compress=zstd:3"],
    ["compress=zstd", "rw", "not: no compression"],
    ["autodefrag", "rw", "not: no autodefrag"],
    ["discard=async", "rw,discard=async", "in-effect"],
    ["discard=async", "rw", "not: no discard"],
    ["discard", "rw,discard=async", "in-effect"],
    ["commit=120", "rw", "not: commit=30"],
    ["commit=30", "rw", "in-effect"],
    // What the kernel does not show, or what is for other programs.
    ["subvol=root", "rw", "unseen"],
    ["x-systemd.automount", "rw", "unseen"],
    ["nofail", "rw", "unseen"],
    ["ssd", "rw", "unseen"],
    ["defaults", "rw", "unseen"],
  ])("%s is judged by %s", (option, live, expected) => {
    expect(state(option, live)).toBe(expected);
  });

  it("that a later one takes back is not looked at", () => {
    expect(state("noatime", "rw,relatime", { wanted: ["noatime", "relatime"] })).toBe("unseen");
    expect(state("ro", "rw", { wanted: ["ro", "rw"] })).toBe("unseen");
    expect(state("compress=zstd", "rw", { wanted: ["compress=zstd", "compress-force=lzo"] })).toBe("unseen");
    expect(state("nodatacow", "rw", { wanted: ["nodatacow", "datacow"] })).toBe("unseen");
  });

  it("of a tmpfs is compared by its value", () => {
    const tmpfs = { type: "tmpfs" };
    expect(state("size=2G", "rw,size=2097152k,mode=755", tmpfs)).toBe("in-effect");
    expect(state("size=1G", "rw,size=2097152k", tmpfs)).toBe("not: size=2097152k");
    expect(state("size=50%", "rw,size=2097152k", tmpfs)).toBe("unseen");
    expect(state("mode=0755", "rw,mode=755", tmpfs)).toBe("in-effect");
    expect(state("mode=755", "rw", tmpfs)).toBe("not: mode=1777");
    expect(state("nodatacow", "rw", tmpfs)).toBe("unseen");
  });
});
