import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { serverFlags } from "./server-process.ts";

const recursion = `
  let depth = 0;
  const dive = (a, b, c) => { depth++; return dive(a + 1, b, c) + 1; };
  try { dive(0, 1, 2) } catch {}
  console.log(depth);
`;

function depthWith(flags: string[]) {
  const run = spawnSync(process.execPath, [...flags, "-e", recursion], { encoding: "utf8" });
  return { status: run.status, signal: run.signal, depth: Number(run.stdout) };
}

describe("serverFlags", () => {
  it("lets the server recurse three times deeper, and running out is still an error that can be caught", () => {
    const plain = depthWith([]);
    const ours = depthWith(serverFlags(process.platform));
    expect(ours).toMatchObject({ status: 0, signal: null });
    if (process.platform !== "win32") expect(ours.depth).toBeGreaterThan(plain.depth * 3);
  });

  it("leaves the stack alone on Windows", () => {
    expect(serverFlags("win32").join(" ")).not.toContain("stack");
    expect(serverFlags("linux").join(" ")).toContain("stack");
  });
});
