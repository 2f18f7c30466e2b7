import { cpSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { ScaffoldParams, ScaffoldResult } from "../../server/src/protocol.ts";
import { temporaryFolder } from "../cli/run-cli.ts";
import { pulling, ServerClient } from "./server-client.ts";

let client: ServerClient | undefined;
afterEach(async () => {
  if (client && client.child.exitCode === null) await client.stop();
  client = undefined;
});

const HOST = "hosts/servers/hetzner-vps/default.nix";
const FOLDER = "modules/server-impermanence";

it("answers with the files of a plan, of the texts that the editor shows, and writes nothing", async () => {
  const folder = temporaryFolder();
  cpSync(resolve("examples/hetzner-vps"), folder, { recursive: true });
  client = await ServerClient.start([folder], pulling);
  const file = join(folder, HOST);
  const saved = readFileSync(file, "utf8");
  const shown = saved.replace("# four a day", "# not saved yet");
  await client.open(file, shown, 1);
  const ask = (params: ScaffoldParams) => client!.request("impermanence/scaffold", params) as Promise<ScaffoldResult>;

  const plan = await ask({ host: "hetzner-vps", task: "migrate", folder: FOLDER });
  if ("why" in plan) throw new Error(plan.why);
  expect(plan.left).toEqual([]);
  expect(plan.notes.length).toBeGreaterThan(2);
  const changed = plan.files.find(({ path }) => path === HOST)!;
  expect(changed.before).toBe(shown);
  expect(changed.after).toContain('frequency = "00/6:00:00"; # not saved yet');
  const created = plan.files.filter(({ before }) => before === null).map(({ path }) => path);
  expect(created).toContain("hosts/servers/hetzner-vps/server-impermanence.nix");
  expect(created).toContain(`${FOLDER}/scripts/wipe-root.sh`);
  for (const path of created) expect(existsSync(join(folder, path)), path).toBe(false);
  expect(readFileSync(file, "utf8")).toBe(saved);

  // Trials leave no trace: the same question has the same answer, and the findings are those of the files.
  expect(await ask({ host: "hetzner-vps", task: "migrate", folder: FOLDER })).toEqual(plan);
  const refused = await ask({ host: "hetzner-vps", task: "scaffold", folder: FOLDER });
  expect(refused).toEqual({ why: expect.stringContaining("Use migrate.") });
  const outside = await ask({ host: "hetzner-vps", task: "migrate", folder: "../elsewhere" });
  expect(outside).toEqual({ why: expect.stringContaining("no folder below the project") });
});
