import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { look } from "../../server/src/remote/filesystems.ts";
import { type SnapshotList, snapshotList } from "../../server/src/remote/list.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { restoreCommand } from "../../server/src/remote/restore/restore.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import { snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { status } from "../../server/src/remote/status.ts";
import { TestHost } from "./test-host.ts";

/* Every account of a host can make subvolumes, with names that look like lines about other ones. */

const connections = new Connections();
let host: TestHost;
let before: SnapshotList;
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const top = (script: string) => host.run("top", script);
const session = () =>
  openSession("root@127.0.0.1", { configFile: host.configFile, connections, confirm: async () => true });
const list = async () => snapshotList(await session().call(look));
const line = (id: number, uuid: string, path: string) =>
  `ID ${id} gen 9 cgen 9 parent 5 top level 5 parent_uuid ${uuid} received_uuid - uuid ${uuid} path ${path}`;

beforeAll(async () => {
  host = await TestHost.start();
  top(
    `btrfs -q subvolume create services; echo good >services/x; btrfs -q subvolume snapshot -r services snapshots/services-20260101-000000; echo bad >services/x
     btrfs -q subvolume create root/machines; mkdir persist/josh; chown 1000 persist/josh`,
  );
  before = await list();
  const uuid = top("btrfs subvolume show persist | awk '$1 == \"UUID:\" { print $2 }'").trim();
  const id = (path: string) => Number(top(`btrfs inspect-internal rootid ${path}`));
  const names = [
    // A snapshot that is not there.
    `a\n${line(4000, uuid, "persist-20260202-000000")}`,
    // Second lines about what is there, so that neither would be believed.
    `b\n${line(id("snapshots/services-20260101-000000"), uuid, "x")}`,
    `c\n${line(id("root/machines"), uuid, "x")}`,
    `d\n${line(id("services"), uuid, "services")}`,
    // A line of the other kind, and one of both.
    "e\nID 4001 gen 9 top level 5 path y",
    "f\n\nID 5 gen",
    "end\n",
    "ID 4002 gen 9 cgen 9 parent 5",
  ];
  const make = names.map((name) => `btrfs -q subvolume create ${quoted(`/persist/josh/${name}`)}`).join("; ");
  host.run("inside", "setpriv", "--reuid=1000", "--regid=100", "--clear-groups", "sh", "-euc", make);
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});

describe("names that look like lines about other subvolumes", () => {
  it("make up no snapshot, and hide none", async () => {
    const found = await list();
    // One is called like a snapshot of its own, and is shown as what it is.
    const own = found.snapshots.filter(({ path }) => path.startsWith("persist/josh/a\n"));
    expect(own).toMatchObject([{ readOnly: false }]);
    expect({ ...found, snapshots: found.snapshots.filter((one) => !own.includes(one)) }).toEqual(before);
    const { filesystems } = await session().call(look);
    const paths = filesystems.flatMap(({ subvolumes }) => subvolumes.map(({ path }) => path));
    expect(paths).toContain("persist/josh/end\n");
    expect(paths.filter((path) => path.startsWith("persist/josh/"))).toHaveLength(8);
  });

  it("hide no subvolume that blocks the wipe", async () => {
    expect((await session().call(status)).nestedInRoot).toEqual(["root/machines"]);
  });

  it("keep nobody from a snapshot, a restore or a rollback, each of what is meant", async () => {
    const taken = await snapshotCommand.run(
      "test",
      snapshotCommand.options.parse({ subvolumes: ["services", "persist/josh/end\n"] }),
      session(),
    );
    expect(taken.why).toBeUndefined();
    expect(taken.snapshots.map(({ of }) => of)).toEqual(["services", "persist/josh/end\n"]);
    const SERVICES = "services-20260101-000000";
    const restored = await restoreCommand.run(
      "test",
      restoreCommand.options.parse({ snapshot: SERVICES, paths: ["/services/x"], base: "/services", to: "/persist" }),
      session(),
    );
    expect(restored.why).toBeUndefined();
    expect(top("cat persist/x")).toBe("good\n");
    const back = await rollbackCommand.run(
      "test",
      rollbackCommand.options.parse({ subvolume: "services", snapshot: SERVICES }),
      session(),
    );
    expect(back.why).toBeUndefined();
    expect(top("cat services/x")).toBe("good\n");
  });
});
