import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { inSandbox, sandboxCommand } from "./sandbox.ts";

/** The images that loop devices of this machine are tied to. */
function imagesInUse(): string[] {
  const read = (device: string) => {
    try {
      return readFileSync(`/sys/block/${device}/loop/backing_file`, "utf8").trim();
    } catch {
      return "";
    }
  };
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .map(read)
    .filter((image) => image !== "");
}

const holds = (image: string) => imagesInUse().some((used) => used.includes(image));

async function until(condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 15_000; Date.now() < end; await setTimeout(50)) if (condition()) return true;
  return false;
}

it("leaves no mount, no loop device and no file behind", async () => {
  const mounts = () => readFileSync("/proc/self/mountinfo", "utf8");
  const files = readdirSync("/mnt");
  const { image } = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    fact image "$IMAGE"`);
  expect(await until(() => !holds(image!))).toBe(true);
  expect(mounts()).not.toContain(image);
  expect(readdirSync("/mnt")).toEqual(files);
});

it("leaves nothing behind when the process that started it is killed", async () => {
  const image = `/mnt/${randomUUID()}.btrfs`;
  const command = sandboxCommand(`
    make_btrfs root
    first_mount subvolid=5 top
    sleep 1000`);
  const starter = `
    const [command, ...args] = JSON.parse(process.argv[1]);
    require("node:child_process").spawn(command, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    setInterval(() => {}, 1000);`;
  const started: ChildProcess = spawn(process.execPath, ["-e", starter, JSON.stringify(command)], {
    stdio: "ignore",
    env: { ...process.env, IMAGE: image },
  });
  try {
    expect(await until(() => holds(image)), "the sandbox is there").toBe(true);
  } finally {
    started.kill("SIGKILL");
  }
  expect(await until(() => !holds(image)), "the sandbox is gone").toBe(true);
});

it("says what the tests need where nothing can be mounted", () => {
  expect(() => inSandbox("cannot_show 'No loop devices.'")).toThrow(
    /need root, loop\ndevices and the right to mount .*\nWhat failed: No loop devices\.$/,
  );
  const [command, ...args] = sandboxCommand("");
  const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", command, ...args];
  const { status, stderr } = spawnSync("setpriv", nobody, { encoding: "utf8" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("Operation not permitted");
});

it("fails when a script does", () => {
  expect(() => inSandbox("fact one 1; false; fact two 2")).toThrow(/ended with 1/);
});
