import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ProgressToken } from "vscode-languageserver";
import { folderWith, runCli } from "../cli/run-cli.ts";
import { pushing, ServerClient } from "../lsp/server-client.ts";
import { TestHost } from "./test-host.ts";

const IMPERMANENT = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/persist" = { device = "/dev/sda2"; fsType = "btrfs"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/log" ];
}
`;

interface Question {
  readonly message: string;
  readonly actions: readonly object[];
}

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

/** An editor that allows everything it is asked. */
async function editor(files: Readonly<Record<string, string>> = {}) {
  const folder = folderWith(files);
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

  it("changes files only through the editor, after the change was shown", async () => {
    const { client, run } = await editor({
      "hive.nix": `{ meta.nixpkgs = <nixpkgs>; web1 = { imports = [ ./host.nix ]; }; }`,
      "host.nix": IMPERMANENT,
    });
    host.run("inside", "mkdir", "-p", "/var/lib/widget");
    const shown: string[] = [];
    const edits: string[] = [];
    let answer = 1;
    client.connection.onRequest("window/showMessageRequest", ({ message, actions }: Question) => {
      shown.push(message);
      if (message.includes("+++")) return actions[answer] ?? null;
      // Where the name leads, then what allows it.
      return actions.at(-2) ?? null;
    });
    client.connection.onRequest("workspace/applyEdit", ({ edit }: { edit: object }) => {
      edits.push(JSON.stringify(edit));
      return { applied: true };
    });
    const persist = () =>
      run<{ written: boolean }>("persist", {
        ...{ host: "josh@127.0.0.1", as: "web1", paths: ["/var/lib/widget"], write: true },
      });
    await expect(persist()).rejects.toMatchObject({ code: -32800 });
    expect(edits).toEqual([]);
    expect(shown[0]).toMatch(/run ssh on josh@127\.0\.0\.1\?\nThe script uses root there, if .*\nIt runs your own ssh/);
    expect(shown[1]).toMatch(
      /run ssh on josh@127\.0\.0\.1\?\nssh connects to josh@127\.0\.0\.1, port \d+\.\nRoot is used/,
    );
    expect(shown.at(-1)).toMatch(/^\+.*"\/var\/lib\/widget"/m);
    answer = 0;
    expect(await persist()).toMatchObject({ written: true, store: "/persist" });
    expect(edits).toEqual([expect.stringContaining("/var/lib/widget")]);
  });
});
