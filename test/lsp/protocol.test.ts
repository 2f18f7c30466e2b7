import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientCapabilities } from "vscode-languageserver/node";
import { folderWith, LATE_STORE, writeFiles } from "../cli/run-cli.ts";
import { codes, pulling, pushing, ServerClient, uriOf } from "./server-client.ts";

let client: ServerClient | undefined;
afterEach(async () => {
  if (client && client.child.exitCode === null) await client.stop();
  client = undefined;
});

async function start(folder: string, capabilities: ClientCapabilities, more = {}): Promise<ServerClient> {
  client = await ServerClient.start([folder], capabilities, more);
  return client;
}

const FINE = LATE_STORE.replace(
  'fileSystems."/persist" = { device',
  'fileSystems."/persist" = { neededForBoot = true; device',
);

describe("starting and ending", () => {
  it("offers pull diagnostics only to clients that know them", async () => {
    const folder = folderWith({ "host.nix": LATE_STORE });
    const pull = await start(folder, pulling);
    expect(pull.initialized.capabilities.diagnosticProvider).toMatchObject({ workspaceDiagnostics: true });
    expect(pull.initialized.serverInfo?.name).toBe("nix-impermanence");
    expect(await pull.stop()).toBe(0);
    const push = await start(folder, pushing);
    expect(push.initialized.capabilities.diagnosticProvider).toBeUndefined();
    expect(push.initialized.capabilities.textDocumentSync).toMatchObject({ openClose: true, change: 2 });
  });

  it("ends with 1 when the client goes without a word", async () => {
    const gone = await start(folderWith(), pushing);
    const ended = gone.ended();
    gone.child.stdin?.end();
    expect(await ended).toBe(1);
  });

  it("works without folders, and without capabilities", async () => {
    const bare = await ServerClient.start([], {}, { workspaceFolders: null });
    client = bare;
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    await bare.open(file, LATE_STORE, 4);
    expect(codes(await bare.pushed(file, 4))).toEqual(["IMP301"]);
  });
});

describe("findings that are sent", () => {
  it("carry the version they belong to, and go when the cause goes", async () => {
    const folder = folderWith({ "host.nix": LATE_STORE });
    const file = join(folder, "host.nix");
    const push = await start(folder, pushing);
    expect(codes(await push.pushed(file))).toEqual(["IMP301"]);
    await push.open(file, LATE_STORE, 7);
    const [finding] = await push.pushed(file, 7);
    expect(finding).toMatchObject({ source: "impermanence", severity: 1, range: { start: { line: 5 } } });
    expect(finding?.codeDescription?.href).toMatch(/store-not-needed-for-boot\.md$/);
    await push.change(file, 8, [{ text: FINE }]);
    expect(await push.pushed(file, 8)).toEqual([]);
  });

  it("count what is in the editor, and what is on disk again after closing", async () => {
    const folder = folderWith({ "flake.nix": FLAKE, "host.nix": LATE_STORE, "other.nix": "{ }" });
    const file = join(folder, "host.nix");
    const other = join(folder, "other.nix");
    const push = await start(folder, pushing);
    await push.pushed(file);
    // An edit in one file repairs what was found in another.
    await push.open(other, "{ }", 1);
    await push.change(other, 2, [{ text: '{ fileSystems."/persist".neededForBoot = true; }' }]);
    await push.until(() => push.published.get(uriOf(file))?.diagnostics.length === 0);
    await push.close(other);
    await push.until(() => push.published.get(uriOf(file))?.diagnostics.length === 1);
  });

  it("understand edits in UTF-16, beyond the BMP and with CRLF", async () => {
    const text = `{\r\n  # 💾💾 é\r\n  a = "💾"; b = 1;\r\n  boot.x = true;\r\n}\r\n`;
    const folder = folderWith({ "host.nix": text });
    const file = join(folder, "host.nix");
    const push = await start(folder, pushing);
    await push.open(file, text, 1);
    expect(await push.pushed(file, 1)).toEqual([]);
    // Right behind `"💾"`: the quote is at 6, the character takes 7 and 8.
    const semicolon = { start: { line: 2, character: 10 }, end: { line: 2, character: 11 } };
    await push.change(file, 2, [{ range: semicolon, text: "" }]);
    const [missing] = await push.pushed(file, 2);
    expect(missing).toMatchObject({ code: "IMP001", range: { start: { line: 2 } } });
    // At the end of the value, `"` in column 9; in bytes it would be 11, in characters 8.
    expect(missing?.range.start.character).toBe(9);
    await push.change(file, 3, [{ range: { start: semicolon.start, end: semicolon.start }, text: ";" }]);
    expect(await push.pushed(file, 3)).toEqual([]);
    // Two edits in one notification, the second counted in the text after the first.
    const head = { line: 0, character: 1 };
    const next = { line: 1, character: 0 };
    await push.change(file, 4, [
      { range: { start: head, end: head }, text: "\r\n  💾" },
      { range: { start: next, end: { line: 1, character: 4 } }, text: "" },
    ]);
    expect(await push.pushed(file, 4)).toEqual([]);
  });
});

describe("findings that are asked for", () => {
  it("are not sent twice: per document", async () => {
    const folder = folderWith({ "host.nix": LATE_STORE });
    const file = join(folder, "host.nix");
    const pull = await start(folder, pulling);
    await pull.open(file, LATE_STORE, 1);
    const first = await pull.pull(file);
    expect(first.kind === "full" && codes(first.items)).toEqual(["IMP301"]);
    const again = await pull.pull(file, first.resultId);
    expect(again).toEqual({ kind: "unchanged", resultId: first.resultId });
    await pull.change(file, 2, [{ text: FINE }]);
    const fixed = await pull.pull(file, first.resultId);
    expect(fixed).toMatchObject({ kind: "full", items: [] });
    expect(pull.published.size).toBe(0);
  });

  it("are not sent twice: of the workspace, and files are cleared", async () => {
    const folder = folderWith({ "flake.nix": FLAKE, "host.nix": LATE_STORE, "other.nix": "{ }" });
    const file = join(folder, "host.nix");
    const pull = await start(folder, pulling);
    const first = await pull.pullWorkspace();
    expect(first.items).toMatchObject([{ uri: uriOf(file), kind: "full", version: null }]);
    const known = first.items.map(({ uri, resultId }) => ({ uri, value: resultId as string }));
    const again = await pull.pullWorkspace(known);
    expect(again.items).toMatchObject([{ uri: uriOf(file), kind: "unchanged" }]);
    await pull.open(file, FINE, 5);
    const cleared = await pull.pullWorkspace(known);
    expect(cleared.items).toMatchObject([{ uri: uriOf(file), kind: "full", version: 5, items: [] }]);
  });

  it("are asked for again when an edit changes those of another file", async () => {
    const folder = folderWith({ "flake.nix": FLAKE, "host.nix": LATE_STORE, "other.nix": "{ }" });
    const file = join(folder, "host.nix");
    const other = join(folder, "other.nix");
    const pull = await start(folder, pulling);
    await pull.open(other, "{ }", 1);
    await pull.open(file, LATE_STORE, 1);
    expect(codes(await pull.pulled(file))).toEqual(["IMP301"]);
    const before = pull.refreshes;
    await pull.change(other, 2, [{ text: '{ fileSystems."/persist".neededForBoot = true; }' }]);
    await pull.until(() => pull.refreshes > before);
    expect(await pull.pulled(file)).toEqual([]);
  });
});

describe("changes on disk", () => {
  it("are asked for, and files that appear, change and go count", async () => {
    const folder = folderWith({ "flake.nix": FLAKE, "host.nix": FINE, "other.nix": "{ }" });
    const file = join(folder, "host.nix");
    const pull = await start(folder, pulling);
    expect(await pull.pulled(file)).toEqual([]);
    expect(pull.registrations).toContain("workspace/didChangeWatchedFiles");
    writeFiles(folder, { "host.nix": LATE_STORE });
    await pull.watched([file, 2]);
    expect(codes(await pull.pulled(file))).toEqual(["IMP301"]);
    rmSync(join(folder, "other.nix"));
    await pull.watched([join(folder, "other.nix"), 3]);
    expect(codes(await pull.pulled(join(folder, "flake.nix")))).toEqual(["IMP010"]);
    writeFiles(folder, { "other.nix": '{ fileSystems."/persist".neededForBoot = true; }' });
    await pull.watched([join(folder, "other.nix"), 1]);
    expect((await pull.pullWorkspace()).items).toEqual([]);
  });

  it("of a folder that goes are seen although only the folder is named", async () => {
    const folder = folderWith({ "flake.nix": FLAKE.replace("./other.nix", "./parts/other.nix"), "host.nix": FINE });
    writeFiles(folder, { "parts/other.nix": "{ }" });
    const pull = await start(folder, pulling);
    expect((await pull.pullWorkspace()).items).toEqual([]);
    rmSync(join(folder, "parts"), { recursive: true });
    await pull.watched([join(folder, "parts"), 3]);
    expect(codes(await pull.pulled(join(folder, "flake.nix")))).toEqual(["IMP010"]);
  });

  it("of files that Nix reads as data count", async () => {
    const text = `{ ... }: ${LATE_STORE.trim()} // builtins.fromJSON (builtins.readFile ./more.json)\n`;
    const folder = folderWith({ "flake.nix": FLAKE, "host.nix": text, "other.nix": "{ }", "more.json": "{}" });
    const file = join(folder, "host.nix");
    const pull = await start(folder, pulling);
    expect(codes(await pull.pulled(file))).toEqual(["IMP301"]);
    const mounts = {
      "/": { device: "none", fsType: "tmpfs", options: ["mode=755"] },
      "/nix": { device: "/dev/sda2", fsType: "ext4" },
      "/persist": { device: "/dev/sda3", fsType: "ext4", neededForBoot: true },
    };
    writeFiles(folder, { "more.json": JSON.stringify({ fileSystems: mounts }) });
    await pull.watched([join(folder, "more.json"), 2]);
    expect(await pull.pulled(file)).toEqual([]);
  });

  it("of folders in the workspace count", async () => {
    const one = folderWith({ "host.nix": LATE_STORE });
    const two = folderWith({ "host.nix": LATE_STORE });
    const pull = await start(one, pulling);
    const event = (added: string[], removed: string[]) => ({
      event: {
        added: added.map((folder) => ({ uri: uriOf(folder), name: "x" })),
        removed: removed.map((folder) => ({ uri: uriOf(folder), name: "x" })),
      },
    });
    const files = async () => (await pull.pullWorkspace()).items.map(({ uri }) => uri).sort();
    expect(await files()).toEqual([uriOf(join(one, "host.nix"))]);
    await pull.connection.sendNotification("workspace/didChangeWorkspaceFolders", event([two], []));
    expect(await files()).toEqual([one, two].map((folder) => uriOf(join(folder, "host.nix"))).sort());
    await pull.connection.sendNotification("workspace/didChangeWorkspaceFolders", event([], [one]));
    expect(await files()).toEqual([uriOf(join(two, "host.nix"))]);
  });
});

const FLAKE = `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.host = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ./other.nix ]; };
  };
}
`;
