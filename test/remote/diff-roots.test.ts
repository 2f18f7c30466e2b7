import { afterEach, describe, expect, it } from "vitest";
import { type DiffOptions, diffCommand } from "../../server/src/remote/diff/diff.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { ConfiguredHost } from "../../server/src/remote/remote-command.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import { showCommand } from "../../server/src/remote/show/show.ts";
import { snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { statusCommand } from "../../server/src/remote/status.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost | undefined;
afterEach(() => {
  host?.run("destroy");
  host = undefined;
});

async function start(kind: string): Promise<TestHost> {
  process.env.ROOT_KIND = kind;
  try {
    host = await TestHost.start();
  } finally {
    delete process.env.ROOT_KIND;
  }
  return host;
}

function diff(options: DiffOptions = {}, user = "josh", configured?: ConfiguredHost) {
  const destination = `${user}@127.0.0.1`;
  const session = openSession(destination, { configFile: host?.configFile as string, configured });
  return diffCommand.run(destination, options, session).finally(() => session.close());
}
/** A name that no line and no text holds, in the working folder. */
const MAKE_ODD = "printf x >\"$(printf 'new\\nline \\377 \\047$(reboot)')\"";
const odd = (folder: string) => ({
  path: `${folder}/new\nline \ufffd '$(reboot)`,
  pathBytes: Buffer.from(`${folder}/new\nline \xff '$(reboot)`, "latin1").toString("base64"),
  ...{ change: "added", type: "file", size: 1 },
});
const pathsOf = ({ rows }: { rows: readonly { path: string }[] }) => rows.map(({ path }) => path);

describe("what the next reboot loses of a root that is not btrfs", () => {
  it("is all of a tmpfs, with what a mount hides, and the part that an account without root may see", async () => {
    await start("tmpfs");
    host?.run(
      "inside",
      "bash",
      "-euc",
      `mkdir /srv /secret; echo x >/srv/data; echo x >/secret/x; chmod 700 /secret
      cd /srv; ${MAKE_ODD}
      mkdir /under; echo lost >/under/neath; mount -t tmpfs none /under`,
    );
    const found = await diff();
    expect(found).toMatchObject({ engine: "lists", complete: true, against: null, of: "/ (tmpfs)" });
    expect(pathsOf(found)).toEqual(expect.arrayContaining(["/srv/data", "/secret/x"]));
    expect(found.rows).toContainEqual(expect.objectContaining(odd("/srv")));
    expect(found.rows.find(({ path }) => path === "/under/neath")).toMatchObject({ hiddenBelow: "/under", size: 5 });
    const seen = await diff({}, "nosudo");
    expect(seen).toMatchObject({ complete: false, engine: "lists" });
    expect(seen.notes.join("\n")).toMatch(/This is a part[\s\S]*\/secret/);
    expect(pathsOf(seen)).toContain("/srv/data");
    expect(pathsOf(seen)).not.toContain("/secret/x");
    expect(diffCommand.text(seen)).toContain("INCOMPLETE");
    await expect(diff({ lastReboot: true })).rejects.toMatchObject({ code: "ECANNOT" });
  }, 60_000);

  it("is nothing of ext4, which is said, and can be listed all the same", async () => {
    await start("ext4");
    host?.run("inside", "bash", "-euc", `mkdir /srv; echo x >/srv/data; cd /srv; ${MAKE_ODD}`);
    const found = await diff();
    expect(found).toMatchObject({
      engine: "none",
      rows: [],
      complete: true,
      why: expect.stringContaining("ext4, which a reboot keeps"),
    });
    expect(diffCommand.text(found)).toMatch(/^Nothing: \/ is ext4/);
    const all = await diff({ baseline: "none" });
    const facts = { ephemeralRoot: { kind: "rollback" }, services: [] };
    const fates = async (paths: readonly string[]) => paths.map(() => ({ survives: "no", by: "the rollback" }));
    const emptied = await diff({}, "josh", { facts, fates } as unknown as ConfiguredHost);
    expect(emptied).toMatchObject({ why: expect.stringContaining("ext4, which a boot empties by the configuration") });
    expect(pathsOf(emptied)).toEqual(pathsOf(all));
    expect(pathsOf(all)).toContain("/srv/data");
    expect(all.rows).toContainEqual(expect.objectContaining(odd("/srv")));
  }, 60_000);

  it("is the upper directory of an overlay, with what was deleted of the lower one", async () => {
    await start("overlay");
    host?.run(
      "inside",
      "bash",
      "-euc",
      `mkdir /srv; echo x >/srv/data; rm /etc/old; mknod /srv/null c 1 3; rm -r /etc/whole; mkdir /etc/whole; cd /srv; ${MAKE_ODD}`,
    );
    const found = await diff();
    expect(found.rows.find(({ path }) => path === "/srv/null")).toMatchObject({ change: "added", type: "device" });
    const before = await diff({ baseline: "/persist/lower", all: true });
    const deleted = before.rows.filter(({ change }) => change === "deleted").map(({ path }) => path);
    expect(deleted).toEqual(["/etc/old", "/etc/whole/inside"]);
    expect(pathsOf(before)).not.toContain("/etc/kept");
    expect(found.limits.join("\n")).toContain("--baseline with the folder");
    expect(found.rows.find(({ path }) => path === "/etc/old")).toMatchObject({ change: "deleted" });
    expect(pathsOf(found)).toContain("/srv/data");
    expect(found.notes.join("\n")).toContain("upper directory");
    const session = openSession("josh@127.0.0.1", { configFile: host?.configFile as string });
    const show = (snapshot: string) => showCommand.run("test", { snapshot, path: "/srv/data" }, session);
    expect(await show("now")).toMatchObject({ type: "file", text: "x\n" });
    const old = { snapshot: "/persist/lower", path: "/etc/old" };
    expect(await showCommand.run("test", old, session)).toMatchObject({ type: "file", text: "old\n" });
    const none = showCommand.run("test", { ...old, snapshot: "/nowhere" }, session);
    await expect(none).rejects.toMatchObject({ message: expect.stringContaining("no folder /nowhere") });
    await expect(show("lower")).rejects.toMatchObject({ code: "ECANNOT", message: expect.stringContaining("btrfs") });
    await session.close();
    expect(found.rows).toContainEqual(expect.objectContaining(odd("/srv")));
  }, 60_000);

  it("is none of the toplevel of a filesystem, which status, snapshot and rollback say, too", async () => {
    await start("toplevel");
    const destination = "josh@127.0.0.1";
    const session = openSession(destination, { configFile: host?.configFile as string });
    expect((await diff()).notes.join("\n")).toMatch(/toplevel of its filesystem.*none of this is lost/);
    const why = expect.stringContaining("/ is the toplevel of its filesystem");
    const { wipe } = await statusCommand.run(destination, {}, session);
    expect(wipe).toEqual({ atThisBoot: "no", reason: why });
    const taken = snapshotCommand.run(destination, { subvolumes: ["/"], all: false }, session);
    expect(await taken).toMatchObject({ done: false, why });
    const wish = rollbackCommand.options.parse({ subvolume: "/", snapshot: "root-blank" });
    const back = rollbackCommand.run(destination, wish, session);
    expect(await back).toMatchObject({ done: false, why });
    await session.close();
  }, 60_000);
});
