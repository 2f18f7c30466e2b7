import { describe, expect, it, onTestFinished } from "vitest";
import type { InitializeParams } from "vscode-languageserver";
import { WHERE_IT_LEADS } from "../../server/src/protocol.ts";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { folderWith } from "../cli/run-cli.ts";
import { FakeSsh } from "./fake-ssh.ts";
import { pulling, ServerClient } from "./server-client.ts";

const HOST = `{ fileSystems."/" = { device = "none"; fsType = "tmpfs"; }; networking.hostName = "machine"; }`;
const FILES = {
  "hive.nix": `{ meta.nixpkgs = <nixpkgs>; web1 = { imports = [ ./host.nix ]; deployment.targetHost = "web1.invalid"; }; }`,
  "host.nix": HOST,
};

interface Question {
  readonly message: string;
  readonly actions: readonly { readonly title: string }[];
}

/** A client that is none of ours, and what it was asked. */
async function foreign(
  answer: (question: Question) => unknown,
  more: Partial<InitializeParams> & { settings?: unknown } = {},
) {
  const ssh = new FakeSsh();
  const client = await ServerClient.start([folderWith(FILES)], pulling, { ...more, env: ssh.env });
  const questions: Question[] = [];
  const log: string[] = [];
  client.connection.onRequest("window/showMessageRequest", (question: Question) => {
    questions.push(question);
    return answer(question);
  });
  client.connection.onNotification("window/logMessage", ({ message }: { message: string }) => void log.push(message));
  onTestFinished(() => void client.stop());
  const run = (command: string, argument?: unknown, token?: string) =>
    client.request<unknown>("workspace/executeCommand", {
      command: `impermanence.remote.${command}`,
      arguments: argument === undefined ? [] : [argument],
      ...(token === undefined ? {} : { workDoneToken: token }),
    });
  return { client, ssh, questions, log, run };
}

const allow = ({ actions }: Question) => actions[0];

describe("commands for hosts in any client", () => {
  it("are announced, each of those of the command line", async () => {
    const { client } = await foreign(() => null);
    const names = [...REMOTE_COMMANDS.map(({ name }) => name), "hosts", "forgetApprovedHosts"];
    expect(client.initialized.capabilities.executeCommandProvider).toEqual({
      commands: names.map((name) => `impermanence.remote.${name}`),
      workDoneProgress: true,
    });
  });

  it("run no ssh without consent, whatever is answered instead of it", async () => {
    const answers = [null, { title: "Don't Allow" }, { title: "" }, "Allow", true];
    const { ssh, run, questions } = await foreign(() => answers[questions.length - 1]);
    for (const _ of answers) {
      await expect(run("status", { host: "josh@web1" })).rejects.toMatchObject({
        code: -32803,
        message: expect.stringContaining("ssh was not run on josh@web1"),
        data: { code: "ECONSENT" },
      });
    }
    expect(questions).toHaveLength(answers.length);
    expect(ssh.started).toEqual([]);
  });

  it("run none in a client that cannot ask", async () => {
    const ssh = new FakeSsh();
    const client = await ServerClient.start([folderWith(FILES)], pulling, { env: ssh.env });
    onTestFinished(() => void client.stop());
    const params = { command: "impermanence.remote.status", arguments: [{ host: "josh@web1" }] };
    await expect(client.request("workspace/executeCommand", params)).rejects.toThrow(/cannot ask for consent/);
    expect(ssh.started).toEqual([]);
  });

  it("ask once for a host, and again when approvals are forgotten", async () => {
    const { ssh, run, questions } = await foreign(allow);
    for (let time = 0; time < 2; time++) await expect(run("status", { host: "josh@web1" })).rejects.toThrow(/ssh/);
    expect(questions).toHaveLength(1);
    expect(questions[0]?.message).toMatch(/^Let Nix Impermanence run ssh on josh@web1\?\n/);
    expect(questions[0]?.message).toContain("root");
    await expect(run("status", { host: "root@web1" })).rejects.toThrow(/ssh/);
    expect(questions).toHaveLength(2);
    expect(await run("forgetApprovedHosts")).toEqual(["josh@web1", "root@web1"]);
    await expect(run("status", { host: "josh@web1" })).rejects.toThrow(/ssh/);
    expect(questions).toHaveLength(3);
    expect(ssh.logins).toHaveLength(4);
  });

  it("say where the address of a host of the workspace comes from before it is used", async () => {
    const { ssh, run, questions } = await foreign(() => null);
    await expect(run("status", { host: "web1" })).rejects.toThrow(/not run on web1\.invalid/);
    expect(questions[0]?.message).toContain("web1 is web1.invalid, by deployment.targetHost (hive.nix:1).");
    expect(ssh.started).toEqual([]);
  });

  it("run ssh for where a name leads only for who wants to know it, and ask again", async () => {
    const { ssh, run, questions } = await foreign(({ actions }) =>
      actions.find(({ title }) => title === WHERE_IT_LEADS),
    );
    await expect(run("status", { host: "josh@web1" })).rejects.toThrow(/not run on josh@web1/);
    expect(questions.map(({ actions }) => actions.map(({ title }) => title))).toEqual([
      ["Allow", WHERE_IT_LEADS, "Don't Allow"],
      ["Allow", "Don't Allow"],
    ]);
    expect(questions[1]?.message).toContain("What ssh makes of this name is not known");
    // Of root each question speaks once: in general, or as ssh tells it of this host.
    expect(questions.map(({ message }) => message.match(/\bsudo\b/g)?.length)).toEqual([1, 1]);
    expect(ssh.started).toEqual(["-G -- josh@web1"]);
  });

  it("list the hosts of the workspace without asking any", async () => {
    const { ssh, run } = await foreign(() => null);
    const found = (await run("hosts")) as { configured: object[] };
    expect(found.configured).toMatchObject([
      { name: "web1", destinations: ["web1.invalid"], hostName: "machine", root: "tmpfs" },
    ]);
    expect(ssh.started).toEqual([]);
  });

  it("take the file for ssh of the client's settings, and log what is run", async () => {
    const settings = { remote: { sshConfigFile: "/somewhere/config" } };
    const configured = { ...pulling, workspace: { ...pulling.workspace, configuration: true } };
    const { ssh, run, log } = await foreign(allow, { settings, capabilities: configured });
    await expect(run("status", { host: "josh@web1" })).rejects.toThrow(/ssh/);
    expect(ssh.logins[0]).toMatch(/^-F \/somewhere\/config .*-- josh@web1 /);
    expect(log.some((line) => line.startsWith('ssh "-F" "/somewhere/config"'))).toBe(true);
  });

  it.each([
    ["no host", undefined, /A host is missing/],
    ["an option for a name", { host: "-oProxyCommand=id" }, /not the name of a host/],
    ["an option that is not there", { host: "josh@web1", sshConfigFile: "/tmp/x" }, /sshConfigFile/],
    ["a host that is not in the workspace", { host: "josh@web1", as: "web2" }, /no host web2 in the workspace/],
  ])("refuse %s before they ask", async (_, argument, message) => {
    const { ssh, run, questions } = await foreign(allow);
    await expect(run("status", argument)).rejects.toThrow(message);
    expect(questions).toEqual([]);
    expect(ssh.started).toEqual([]);
  });

  it("are cancelled while they ask", async () => {
    let asked: () => void = () => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { client, ssh, run } = await foreign(() => {
      asked();
      return new Promise(() => {});
    });
    const running = run("status", { host: "josh@web1" }, "t1");
    await question;
    await client.connection.sendNotification("window/workDoneProgress/cancel", { token: "t1" });
    await expect(running).rejects.toMatchObject({ code: -32800 });
    expect(ssh.started).toEqual([]);
  });
});
