import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { type ShowOptions, showCommand } from "../../server/src/remote/show/show.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
const connections = new Connections();
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});

const sh = (script: string) => host.run("inside", "bash", "-euc", script);
const show = (snapshot: string, path: string, more: Partial<ShowOptions> = {}, user = "josh") => {
  const destination = `${user}@127.0.0.1`;
  const session = openSession(destination, { configFile: host.configFile, connections });
  return showCommand.run(destination, showCommand.options.parse({ snapshot, path, ...more }), session);
};

describe("the content of a file", () => {
  it("is that of the snapshot, and of the root as it is, also below a mount", async () => {
    sh("mkdir -p /srv/data; printf 'old ä\\n' >/srv/data/file; touch /srv/data/empty");
    host.run("top", "btrfs -q subvolume snapshot -r root snapshots/before");
    sh("echo new >/srv/data/file; mount -t tmpfs none /srv/data; echo hides >/srv/data/file");
    expect(await show("before", "/srv/data/file")).toMatchObject({
      type: "file",
      text: "old ä\n",
      size: 7,
      binary: false,
    });
    expect(await show("now", "srv/data/file")).toMatchObject({ text: "new\n" });
    expect(await show("before", "/srv/data/empty")).toMatchObject({ text: "", size: 0 });
    const hidden = await show("now", "/srv/data/other");
    expect(hidden).toMatchObject({ type: null, belowMount: "/srv/data" });
    expect(showCommand.text(hidden)).toMatch(/is not there: now is \/ without .* mounted at \/srv\/data\.$/m);
    sh("umount /srv/data");
  });

  it("is not shown where it is no text, too long, no file, or not there, and that is said", async () => {
    sh(
      "cd /srv; printf 'a\\0b' >zero; printf '\\377' >latin; head -c 3000 /dev/zero | tr '\\0' x >long; mkfifo pipe; ln -s /etc/shadow link",
    );
    for (const name of ["zero", "latin", "pipe", "link"])
      expect(await show("now", `/srv/${name}`)).not.toHaveProperty("text");
    const sha256 = sh("sha256sum /srv/zero").split(" ")[0];
    expect(await show("now", "/srv/zero")).toMatchObject({ binary: true, size: 3, sha256 });
    expect(await show("now", "/srv/latin")).toMatchObject({ binary: true });
    expect(await show("now", "/srv/long", { limit: 2999 })).toMatchObject({
      tooLarge: true,
      size: 3000,
    });
    expect((await show("now", "/srv/long", { limit: 3000 })).text).toHaveLength(3000);
    expect(await show("now", "/srv/pipe")).toMatchObject({ type: "fifo" });
    expect(await show("now", "/srv/link")).toMatchObject({ type: "symlink", target: "/etc/shadow" });
    expect(await show("now", "/srv/none")).toMatchObject({ type: null });
    expect(showCommand.text(await show("now", "/srv/zero"))).toContain("binary, 3 B");
    await expect(show("none", "/srv/zero")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(show("now", "/srv/zero", {}, "nosudo")).rejects.toThrow(/root|sudo/);
  });

  it("is never one outside of the snapshot, whatever the path says or leads over", async () => {
    sh(
      "mkdir -p /srv/inside; ln -s /etc /srv/inside/out; ln -s ../../etc /srv/inside/up; cd /srv/inside; touch -- -rf; printf x >'$(touch executed)'; printf y >$'bad\\xff'",
    );
    for (const path of ["/srv/inside/out/shadow", "/srv/inside/up/shadow"])
      await expect(show("now", path)).rejects.toMatchObject({ message: expect.stringContaining("symbolic link") });
    await expect(show("now", "/srv/../../etc/shadow")).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(await show("now", "/srv/inside/-rf")).toMatchObject({ text: "" });
    expect(await show("now", "/srv/inside/$(touch executed)")).toMatchObject({ text: "x" });
    const pathBytes = Buffer.from("/srv/inside/bad\xff", "latin1").toString("base64");
    expect(await show("now", "/srv/inside/bad\uFFFD", { pathBytes })).toMatchObject({ text: "y" });
    expect(sh("find / -xdev -name executed; ls -A /tmp")).toBe("");
  });
});
