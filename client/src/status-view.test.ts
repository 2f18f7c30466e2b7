import { describe, expect, it } from "vitest";
import type { FileStatus } from "../../server/src/protocol.ts";
import { statusView } from "./status-view.ts";

const uri = "file:///etc/nixos/host.nix";
const running = { kind: "running" } as const;
const file = (change: Partial<FileStatus>): FileStatus => ({
  uri,
  hosts: ["web1"],
  findings: 0,
  findingsInFile: 0,
  ...change,
});

describe("statusView", () => {
  it("counts the findings of the hosts that the file is part of", () => {
    const view = (change: Partial<FileStatus>) => {
      const { text, detail, level } = statusView(running, { busy: false, files: [file(change)], elapsed: 12.4 }, uri);
      return [text, detail, level];
    };
    expect(view({})).toEqual(["No findings", "host web1 · 12 ms", "information"]);
    expect(view({ findings: 1, findingsInFile: 1 })).toEqual([
      "1 finding",
      "1 in this file · host web1 · 12 ms",
      "information",
    ]);
    expect(view({ findings: 7, hosts: ["a", "b", "c", "d", "e"] })).toEqual([
      "7 findings",
      "none in this file · hosts a, b, c and 2 more · 12 ms",
      "information",
    ]);
  });

  it("never says that nothing was found before it has looked", () => {
    for (const status of [undefined, { busy: true, files: [] }]) {
      expect(statusView(running, status, uri)).toMatchObject({ text: "Reading…", busy: true });
    }
    const other = { busy: false, files: [file({ uri: "file:///other.nix" })] };
    expect(statusView(running, other, uri).text).toBe("Reading…");
    expect(statusView({ kind: "starting" }, undefined, uri)).toMatchObject({ text: "Starting…", busy: true });
  });

  it("says when a file belongs to no host", () => {
    const status = { busy: false, files: [file({ hosts: [] })] };
    expect(statusView(running, status, uri).text).toBe("Not part of a checked host");
  });

  it("is an error only when the server is down, and then offers a restart and the output", () => {
    expect(statusView({ kind: "down", why: "It stopped." }, undefined, uri)).toMatchObject({
      level: "error",
      detail: "It stopped.",
      action: "restartServer",
      offersOutput: true,
    });
    expect(statusView({ kind: "waiting", delay: 500, crashes: 1 }, undefined, uri)).toMatchObject({
      level: "warning",
      detail: "The checker stopped unexpectedly. It starts again in 1 second.",
      offersOutput: true,
    });
  });
});
