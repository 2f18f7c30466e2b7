import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ProgressToken } from "vscode-languageserver";
import { folderWith, runCli } from "../cli/run-cli.ts";
import { pushing, ServerClient } from "../lsp/server-client.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

/** An editor that allows everything it is asked. */
async function editor() {
  const folder = folderWith();
  const settings = { remote: { sshConfigFile: host.configFile } };
  const capabilities = { ...pushing, workspace: { configuration: true, workspaceFolders: true } };
  const client = await ServerClient.start([folder], capabilities, { settings });
  onTestFinished(() => void client.stop());
  client.connection.onRequest("window/showMessageRequest", ({ actions }: { actions: object[] }) => actions[0] ?? null);
  const progress: { token: ProgressToken; value: { kind: string; message?: string } }[] = [];
  client.connection.onNotification("$/progress", (params) => void progress.push(params as (typeof progress)[number]));
  const run = <R>(command: string, argument: object, workDoneToken?: ProgressToken) =>
    client.request<R>("workspace/executeCommand", {
      command: `impermanence.remote.${command}`,
      arguments: [argument],
      ...(workDoneToken === undefined ? {} : { workDoneToken }),
    });
  return { client, progress, run };
}

const cli = (...args: string[]) =>
  JSON.parse(runCli(["remote", ...args, "--format", "json", "--ssh-config", host.configFile]).stdout);

describe("a command in an editor", () => {
  it("answers with what the command line prints", async () => {
    const { run } = await editor();
    expect(await run("list", { host: "josh@127.0.0.1" })).toEqual(cli("list", "josh@127.0.0.1"));
    const { clockAheadSeconds, space, ...status } = cli("status", "josh@127.0.0.1");
    expect(await run("status", { host: "josh@127.0.0.1" })).toMatchObject(status);
  });

  it("reports its progress under the token that came with it", async () => {
    const { run, progress } = await editor();
    await run("status", { host: "josh@127.0.0.1" }, "mine");
    const kinds = progress.map(({ token, value: { kind } }) => `${token} ${kind}`);
    expect([kinds.at(0), kinds.at(-1)]).toEqual(["mine begin", "mine end"]);
    expect(kinds).toContain("mine report");
  });

  it("says in words why there is no answer", async () => {
    const { run } = await editor();
    await expect(run("status", { host: "stranger@127.0.0.1" })).rejects.toMatchObject({
      code: -32803,
      message: expect.stringContaining("was not let in"),
      data: { code: "EAUTH" },
    });
  });

  it("is cancelled, and leaves nothing on the host", async () => {
    const { client, run, progress } = await editor();
    const running = run("status", { host: "noisy@127.0.0.1" }, "mine");
    while (!progress.some(({ value }) => value.kind === "report"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await client.connection.sendNotification("window/workDoneProgress/cancel", { token: "mine" });
    await expect(running).rejects.toMatchObject({ code: -32800, data: { code: "ECANCELLED" } });
    const processes = () => host.run("inside", "sh", "-c", "pgrep -u noisy || true").trim();
    for (let tries = 0; tries < 100 && processes() !== ""; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(processes()).toBe("");
  });
});
